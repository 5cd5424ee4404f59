"""How single settings are written to requests and read from responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from scfdeploy.model import Secret, Value

Params: TypeAlias = "dict[str, Any]"
Settings: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class WireField:
    """The settings called `names`, which share parameters of the API.

    `write` gives the parameters for settings that are written; for a block that is written empty, what clears it.
    `read` gives the settings that an answer shows, in normal form. What can only be said at creation is `fixed`, what
    only an update takes is `late`.
    """

    names: tuple[str, ...]
    write: Callable[[Settings], Params]
    read: Callable[[Mapping[str, Any]], dict[str, Value]]
    fixed: bool = False
    late: bool = False


def scalar(name: str, parameter: str, *, fixed: bool = False) -> WireField:
    """A text or a number that is the same on both sides."""

    def write(settings: Settings) -> Params:
        value = settings[name]
        return {parameter: value.reveal() if isinstance(value, Secret) else value}

    def read(answer: Mapping[str, Any]) -> dict[str, Value]:
        return {} if answer.get(parameter) is None else {name: answer[parameter]}

    return WireField((name,), write, read, fixed)


def text(name: str, parameter: str, *, fixed: bool = False) -> WireField:
    """A text that is empty when nothing is set: empty clears it."""
    return WireField(
        (name,),
        lambda settings: {parameter: str(settings[name] or "")},
        lambda answer: {name: str(answer.get(parameter) or "")},
        fixed,
    )


def switch(name: str, parameter: str, *, fixed: bool = False, late: bool = False) -> WireField:
    """A boolean that is the text TRUE or FALSE."""
    return WireField(
        (name,),
        lambda settings: {parameter: "TRUE" if settings[name] else "FALSE"},
        lambda answer: {name: str(answer.get(parameter)).upper() == "TRUE"},
        fixed,
        late,
    )


def write_only(name: str, parameter: str, *, fixed: bool = False, late: bool = False) -> WireField:
    """What the cloud takes and never shows: a tag remembers it, see `tags`."""
    return WireField((name,), lambda settings: {parameter: settings[name]}, lambda _: {}, fixed, late)


def choice(name: str, parameter: str, words: Mapping[str, str], *, fixed: bool = False) -> WireField:
    """One of a few words, each called otherwise by the API; unknown words pass unchanged."""
    back = {theirs: ours for ours, theirs in words.items()}

    def read(answer: Mapping[str, Any]) -> dict[str, Value]:
        shown = answer.get(parameter)
        return {} if not shown else {name: back.get(str(shown), str(shown))}

    return WireField((name,), lambda settings: {parameter: words.get(str(settings[name]), settings[name])}, read, fixed)


def block(name: str, parameter: str, keys: Mapping[str, str]) -> WireField:
    """A mapping of texts, all empty when nothing is set; `keys` are our names and the API's."""

    def write(settings: Settings) -> Params:
        return {parameter: write_keys(settings[name], keys)}

    def read(answer: Mapping[str, Any]) -> dict[str, Value]:
        return {name: read_keys(answer.get(parameter), keys)}

    return WireField((name,), write, read)


def write_keys(value: Value, keys: Mapping[str, str]) -> Params:
    """A block in the API's words: what is written of it, or every key empty to clear it."""
    values = value if isinstance(value, Mapping) else {}
    written = {theirs: str(values[ours]) for ours, theirs in keys.items() if values.get(ours)}
    return written or dict.fromkeys(keys.values(), "")


def read_keys(shown: object, keys: Mapping[str, str]) -> dict[str, Value]:
    """A block in our words; empty values are left out, so that nothing set is an empty block."""
    values = shown if isinstance(shown, Mapping) else {}
    return {ours: str(values[theirs]) for ours, theirs in keys.items() if values.get(theirs)}


def pairs(shown: object, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """A list of key and value objects as a mapping; the empty key, which only ever clears, is left out."""
    rows = shown if isinstance(shown, Sequence) and not isinstance(shown, str) else ()
    return {str(row[key]): str(row.get(value) or "") for row in rows if isinstance(row, Mapping) and row.get(key)}


def revealed(value: Value) -> str:
    """A text as the wire has it."""
    return value.reveal() if isinstance(value, Secret) else str(value)


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
