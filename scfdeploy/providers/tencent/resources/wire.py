"""Converts addresses and single settings to request parameters, and responses to settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from scfdeploy.model import Address, Secret, Value
from scfdeploy.records import dataclass

Params: TypeAlias = "dict[str, Any]"
Settings: TypeAlias = Mapping[str, Value]


def function_params(resource: Address) -> dict[str, str]:
    """The parameters that identify the function of a resource."""
    return {"FunctionName": resource.function, "Namespace": resource.namespace}


@dataclass(frozen=True, slots=True)
class WireField:
    """Settings that share parameters of the API."""

    names: tuple[str, ...]
    write: Callable[[Settings], Params]
    """Settings to parameters; an empty block becomes the parameters that clear it."""
    read: Callable[[Mapping[str, Any]], dict[str, Value]]
    """A response to settings in normal form."""
    fixed: bool = False
    """Accepted at creation only."""
    late: bool = False
    """Accepted by updates only."""


def scalar(name: str, parameter: str, *, fixed: bool = False) -> WireField:
    """A string or number, sent unchanged."""

    def write(settings: Settings) -> Params:
        value = settings[name]
        return {parameter: value.reveal() if isinstance(value, Secret) else value}

    def read(response: Mapping[str, Any]) -> dict[str, Value]:
        return {} if response.get(parameter) is None else {name: response[parameter]}

    return WireField((name,), write, read, fixed)


def text(name: str, parameter: str, *, fixed: bool = False) -> WireField:
    """A string; an empty string clears it."""
    return WireField(
        (name,),
        lambda settings: {parameter: str(settings[name] or "")},
        lambda response: {name: str(response.get(parameter) or "")},
        fixed,
    )


def switch(name: str, parameter: str, *, fixed: bool = False, late: bool = False) -> WireField:
    """A boolean, sent as the string TRUE or FALSE."""
    return WireField(
        (name,),
        lambda settings: {parameter: "TRUE" if settings[name] else "FALSE"},
        lambda response: {name: str(response.get(parameter)).upper() == "TRUE"},
        fixed,
        late,
    )


def write_only(name: str, parameter: str, *, fixed: bool = False, late: bool = False) -> WireField:
    """A write-only setting, which no response contains; a tag stores it, see `tags`."""
    return WireField((name,), lambda settings: {parameter: settings[name]}, lambda _: {}, fixed, late)


def tag_only(name: str) -> WireField:
    """A setting that the platform does not know; only a tag stores it, see `tags`."""
    return WireField((name,), lambda _: {}, lambda _: {})


def choice(name: str, parameter: str, values: Mapping[str, str], *, fixed: bool = False) -> WireField:
    """One of a few values with other names in the API; unknown values are sent unchanged."""
    from_api = {theirs: ours for ours, theirs in values.items()}

    def read(response: Mapping[str, Any]) -> dict[str, Value]:
        value = response.get(parameter)
        return {} if not value else {name: from_api.get(str(value), str(value))}

    return WireField(
        (name,), lambda settings: {parameter: values.get(str(settings[name]), settings[name])}, read, fixed
    )


def block(name: str, parameter: str, keys: Mapping[str, str]) -> WireField:
    """A mapping of strings, all empty when nothing is set; `keys` maps our names to those of the API."""

    def write(settings: Settings) -> Params:
        return {parameter: write_keys(settings[name], keys)}

    def read(response: Mapping[str, Any]) -> dict[str, Value]:
        return {name: read_keys(response.get(parameter), keys)}

    return WireField((name,), write, read)


def write_keys(value: Value, keys: Mapping[str, str]) -> Params:
    """A block as parameters: its non-empty keys, or every key empty to clear it."""
    values = value if isinstance(value, Mapping) else {}
    written = {theirs: str(values[ours]) for ours, theirs in keys.items() if values.get(ours)}
    return written or dict.fromkeys(keys.values(), "")


def read_keys(value: object, keys: Mapping[str, str]) -> dict[str, Value]:
    """A block from a response, without empty values."""
    values = value if isinstance(value, Mapping) else {}
    return {ours: str(values[theirs]) for ours, theirs in keys.items() if values.get(theirs)}


def pairs(value: object) -> dict[str, str]:
    """A list of Key and Value objects as a mapping, without the empty key, which only clears a list."""
    rows = value if isinstance(value, list | tuple) else ()
    return {
        str(row["Key"]): str(row.get("Value") or "")
        for row in rows
        if isinstance(row, (dict, Mapping)) and row.get("Key")  # a dictionary is recognised much faster
    }


def reveal(value: Value) -> str:
    """A string with secrets revealed, for the API."""
    return value.reveal() if isinstance(value, Secret) else str(value)


IMAGE_RUNTIME = "CustomImage"
"""The runtime of a function that runs an image."""

_TEXTS = {
    "imageUrl": "ImageUri",
    "imageType": "ImageType",
    "registryId": "RegistryId",
    "command": "Command",
    "args": "Args",
}
_OTHERS = {"containerImageAccelerate": "ContainerImageAccelerate", "imagePort": "ImagePort"}


def image_params(image: Mapping[str, Value]) -> Params:
    """The code of a function that runs an image. The API has no default registry type, so it is always sent."""
    others = {theirs: image[ours] for ours, theirs in _OTHERS.items() if ours in image}
    return {"ImageConfig": {"ImageType": "personal", **write_keys(image, _TEXTS), **others}}


def read_image(response: Mapping[str, Any]) -> dict[str, Value]:
    """`image` and `deployMode`: empty and `code` for a function that runs code."""
    config = response.get("ImageConfig")
    if not isinstance(config, Mapping) or not config.get("ImageUri"):
        return {"image": {}, "deployMode": "code"}
    others = {ours: config[theirs] for ours, theirs in _OTHERS.items() if config.get(theirs) is not None}
    return {"image": {**read_keys(config, _TEXTS), **others}, "deployMode": "image"}
