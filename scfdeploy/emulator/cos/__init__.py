"""Object storage, as far as deploying needs it: buckets and whole objects, by the bucket's own host name."""

from scfdeploy.emulator.cos.door import MAX_OBJECT_BYTES, answer, bucket_of

__all__ = ["MAX_OBJECT_BYTES", "answer", "bucket_of"]
