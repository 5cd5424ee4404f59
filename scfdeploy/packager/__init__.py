"""A function's code as one archive whose bytes repeat, and the memory of what did not change since it was packed."""

from scfdeploy.packager.archive import content_digest
from scfdeploy.packager.cache import PackageCache
from scfdeploy.packager.pack import pack

__all__ = ["PackageCache", "content_digest", "pack"]
