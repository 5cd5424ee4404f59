"""The part of COS that deployments need: buckets, objects and multipart uploads, by the host name of the bucket."""

from scfdeploy.emulator.cos.handler import admit, handle, parse_bucket

__all__ = ["admit", "handle", "parse_bucket"]
