"""Pack code into reproducible archives, and cache packages of unchanged sources."""

from scfdeploy.packager.cache import PackageCache
from scfdeploy.packager.pack import pack

__all__ = ["PackageCache", "pack"]
