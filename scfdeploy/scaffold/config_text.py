"""Write values as readable YAML and as lines of a .env file, so that they read back unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.config.environment import parse_env
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Value

# Every version of YAML reads these as strings.
_PLAIN = re.compile(r"(?:\./)?[A-Za-z][A-Za-z0-9]*(?:[._/-][A-Za-z0-9_]+)*")
AMBIGUOUS_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "y", "n", "null"))
"""Words that some version of YAML does not read as strings."""
_DOTENV_SPECIAL = frozenset("\n\r\t\v\f #'\"`")


def yaml_lines(values: Mapping[str, Value], indent: int = 0) -> Iterator[str]:
    """The lines of a mapping in block style. TypeError for nested lists, which no setting has."""
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
    if _PLAIN.fullmatch(text) and text.lower() not in AMBIGUOUS_WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text of a .env file with these values appended. ScfDeployError when a value cannot be represented."""
    lines = [text if not text or text.endswith("\n") else text + "\n"]
    lines += [f"{name}={_dotenv_value(value)}\n" for name, value in values.items()]
    result = "".join(lines)
    read = read_values(result)
    lost = [name for name, value in values.items() if read.get(name) != value]
    if lost:
        raise ScfDeployError(
            message("nothing was written: a .env file cannot represent the value of {names}", names=", ".join(lost)),
            hint=message(
                "Remove the variable from the function temporarily and import again, or write the file manually."
            ),
        )
    return result


def read_values(text: str) -> dict[str, str]:
    """The values of a .env file, without interpolating `${…}`."""
    # A file is read with universal newlines, so compare the text in the same form.
    return parse_env(text.replace("\r\n", "\n").replace("\r", "\n")).values


def _dotenv_value(value: str) -> str:
    if value and value.isprintable() and not _DOTENV_SPECIAL.intersection(value):
        return value
    escaped = value.replace("\\", "\\\\")
    if "\r" in value:  # only double quotes have an escape for a carriage return; a literal one reads as a newline
        escaped = escaped.replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"'
    return "'" + escaped.replace("'", "\\'") + "'"
