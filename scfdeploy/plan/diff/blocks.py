"""Blocks that the cloud shows in another form than they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from scfdeploy.facts import limit
from scfdeploy.model import Value

Block: TypeAlias = Mapping[str, Value]

_MOUNT = ("cfsId", "mountInsId", "localMountDir", "remoteMountDir", "userId", "userGroupId")


def completed(name: str, value: Value) -> Value:
    """A setting in normal form with what its parts say of each other; most settings stay as they are."""
    match name, value:
        case "cfs", tuple():
            mounts = [_mount(mount) for mount in value if isinstance(mount, Mapping)]
            # Their order means nothing.
            return tuple(sorted(mounts, key=lambda mount: str(mount.get("localMountDir"))))
        case "image", Mapping() if value.get("registryId"):
            return {**value, "imageType": "enterprise"}
        case "instanceConcurrencyConfig", Mapping() if value:
            return _concurrency(value)
    return value


def _mount(mount: Block) -> dict[str, Value]:
    default = limit("cfs.user_id.default")
    whole = {"mountInsId": mount.get("cfsId"), "userId": default, "userGroupId": default, **mount}
    return {key: whole[key] for key in _MOUNT if key in whole}


def _concurrency(block: Block) -> dict[str, Value]:
    if block.get("enable") is False:
        return {"enable": False}
    return {"enable": True, **block}
