"""Object storage as deploying needs it: buckets, objects and uploads in parts, by the bucket's own host name."""

from scfdeploy.emulator.cos.door import admit, answer, bucket_of

__all__ = ["admit", "answer", "bucket_of"]
