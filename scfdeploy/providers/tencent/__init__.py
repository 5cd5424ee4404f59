"""providers/tencent."""
