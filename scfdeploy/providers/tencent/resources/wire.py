"""Converts single settings to request parameters and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from scfdeploy.model import Secret, Value

Params: TypeAlias = "dict[str, Any]"
Settings: TypeAlias = Mapping[str, Value]


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

    def read(answer: Mapping[str, Any]) -> dict[str, Value]:
        return {} if answer.get(parameter) is None else {name: answer[parameter]}

    return WireField((name,), write, read, fixed)


def text(name: str, parameter: str, *, fixed: bool = False) -> WireField:
    """A string; an empty string clears it."""
    return WireField(
        (name,),
        lambda settings: {parameter: str(settings[name] or "")},
        lambda answer: {name: str(answer.get(parameter) or "")},
        fixed,
    )


def switch(name: str, parameter: str, *, fixed: bool = False, late: bool = False) -> WireField:
    """A boolean, sent as the string TRUE or FALSE."""
    return WireField(
        (name,),
        lambda settings: {parameter: "TRUE" if settings[name] else "FALSE"},
        lambda answer: {name: str(answer.get(parameter)).upper() == "TRUE"},
        fixed,
        late,
    )


def write_only(name: str, parameter: str, *, fixed: bool = False, late: bool = False) -> WireField:
    """A write-only setting, which no response contains; a tag stores it, see `tags`."""
    return WireField((name,), lambda settings: {parameter: settings[name]}, lambda _: {}, fixed, late)


def choice(name: str, parameter: str, words: Mapping[str, str], *, fixed: bool = False) -> WireField:
    """One of a few words with other names in the API; unknown words are sent unchanged."""
    back = {theirs: ours for ours, theirs in words.items()}

    def read(answer: Mapping[str, Any]) -> dict[str, Value]:
        shown = answer.get(parameter)
        return {} if not shown else {name: back.get(str(shown), str(shown))}

    return WireField((name,), lambda settings: {parameter: words.get(str(settings[name]), settings[name])}, read, fixed)


def block(name: str, parameter: str, keys: Mapping[str, str]) -> WireField:
    """A mapping of strings, all empty when nothing is set; `keys` maps our names to those of the API."""

    def write(settings: Settings) -> Params:
        return {parameter: write_keys(settings[name], keys)}

    def read(answer: Mapping[str, Any]) -> dict[str, Value]:
        return {name: read_keys(answer.get(parameter), keys)}

    return WireField((name,), write, read)


def write_keys(value: Value, keys: Mapping[str, str]) -> Params:
    """A block as parameters: the keys that are set, or every key empty to clear it."""
    values = value if isinstance(value, Mapping) else {}
    written = {theirs: str(values[ours]) for ours, theirs in keys.items() if values.get(ours)}
    return written or dict.fromkeys(keys.values(), "")


def read_keys(shown: object, keys: Mapping[str, str]) -> dict[str, Value]:
    """A block from a response, without empty values."""
    values = shown if isinstance(shown, Mapping) else {}
    return {ours: str(values[theirs]) for ours, theirs in keys.items() if values.get(theirs)}


def pairs(shown: object, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """A list of key and value objects as a mapping, without the empty key, which only clears a list."""
    rows = shown if isinstance(shown, Sequence) and not isinstance(shown, str) else ()
    return {str(row[key]): str(row.get(value) or "") for row in rows if isinstance(row, Mapping) and row.get(key)}


def revealed(value: Value) -> str:
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
