"""Write plain data as readable YAML: block style, unquoted strings where they are unambiguous."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.model import Value

# Every version of YAML reads these as strings.
_PLAIN = re.compile(r"(?:\./)?[A-Za-z][A-Za-z0-9]*(?:[._/-][A-Za-z0-9_]+)*")
_NOT_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null"))


def yaml_lines(values: Mapping[str, Value], indent: int = 0) -> Iterator[str]:
    """The lines of a mapping, indented by two spaces per level. TypeError for nested lists, which no setting has."""
    for key, value in values.items():
        yield from _entry(f"{' ' * indent}{_text(key)}:", value, indent)


def _entry(head: str, value: Value, indent: int) -> Iterator[str]:
    match value:
        case Mapping() if value:
            yield head
            yield from yaml_lines(value, indent + 2)
        case list() | tuple() if value:
            yield head
            for item in value:
                yield from _item(item, indent + 2)
        case _:
            yield f"{head} {_scalar(value)}"


def _item(item: Value, indent: int) -> Iterator[str]:
    if isinstance(item, Mapping) and item:
        first, *rest = yaml_lines(item, indent + 2)
        yield f"{' ' * indent}- {first.lstrip(' ')}"
        yield from rest
    else:
        yield f"{' ' * indent}- {_scalar(item)}"


def _scalar(value: Value) -> str:
    match value:
        case bool() | int() | float() | None:
            return json.dumps(value)
        case Mapping():
            return "{}"
        case str():
            return _text(value)
        case Sequence() if not value:
            return "[]"
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
