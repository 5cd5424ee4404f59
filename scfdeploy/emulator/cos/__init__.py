"""Object storage as deploying needs it: buckets, objects and uploads in parts, by the bucket's own host name."""

from scfdeploy.emulator.cos.handler import admit, answer, bucket_of

__all__ = ["admit", "answer", "bucket_of"]
