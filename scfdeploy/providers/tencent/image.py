"""A container image on the wire: part of the code in a request, a part of its own in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.model import Value
from scfdeploy.providers.tencent.wire import Params, read_keys, write_keys

IMAGE_RUNTIME = "CustomImage"
"""What a function that runs an image shows as its runtime."""

_TEXTS = {
    "imageUrl": "ImageUri",
    "imageType": "ImageType",
    "registryId": "RegistryId",
    "command": "Command",
    "args": "Args",
}
_OTHERS = {"containerImageAccelerate": "ContainerImageAccelerate", "imagePort": "ImagePort"}


def image_params(image: Mapping[str, Value]) -> Params:
    """The code of a function that runs an image. The type of registry has no default here, so it is always named."""
    others = {theirs: image[ours] for ours, theirs in _OTHERS.items() if ours in image}
    return {"ImageConfig": {"ImageType": "personal", **write_keys(image, _TEXTS), **others}}


def read_image(answer: Mapping[str, Any]) -> dict[str, Value]:
    """`image` and `deployMode`: empty and `code` for a function that runs code."""
    shown = answer.get("ImageConfig")
    if not isinstance(shown, Mapping) or not shown.get("ImageUri"):
        return {"image": {}, "deployMode": "code"}
    others = {ours: shown[theirs] for ours, theirs in _OTHERS.items() if shown.get(theirs) is not None}
    return {"image": {**read_keys(shown, _TEXTS), **others}, "deployMode": "image"}
