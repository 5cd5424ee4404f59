"""The part of COS that deployments need: buckets, objects and multipart uploads, by the host name of the bucket."""

from scfdeploy.emulator.cos.handler import admit, bucket_of, handle

__all__ = ["admit", "bucket_of", "handle"]
