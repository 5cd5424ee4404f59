"""Find the variables in a text. They can be nested: `${output:${stage}:${app}:vpc.vpcId}`.

After a comma a variable has a default, in quotes or without: `${env:NAME, 'text'}`. A default can be a variable too.
An additional dollar sign escapes a variable: `$${name}` is the text `${name}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from scfdeploy.records import NamedTuple


class Reference(NamedTuple):
    """A variable. `raw` is its text in the file, `inner` the content of its braces."""

    raw: str
    inner: tuple[Part, ...]

    @property
    def is_placeholder(self) -> bool:
        """Whether it is a placeholder of another tool, `${{ … }}`."""
        return self.raw.startswith("${{")


class Escaped(NamedTuple):
    """An escaped `${`. `raw` has one dollar sign more than `text`."""

    raw: str

    @property
    def text(self) -> str:
        """The text without the escaping dollar sign."""
        return self.raw[1:]


MOST_DEFAULTS = 20
"""The defaults that one variable may have."""
_MAX_DEPTH = 20
_QUOTES = ("'", '"')
Part: TypeAlias = str | Reference | Escaped


def escaped(text: str) -> str:
    """The text with all variables in it escaped."""
    return text.replace("${", "$${")


def scan(text: str) -> tuple[Part, ...]:
    """The text split into literal text, variables and escapes. A variable without a closing brace is literal text."""
    parts: list[Part] = []
    at = 0  # the start of the current literal text
    start = text.find("${")
    while start >= 0:
        first = start
        while first > at and text[first - 1] == "$":
            first -= 1
        if first < start:
            if first > at:
                parts.append(text[at:first])
            at = start + 2
            parts.append(Escaped(text[first:at]))
            start = text.find("${", at)
            continue
        end = _end(text, start)
        if end < 0:
            start = text.find("${", start + 2)
            continue
        if start > at:
            parts.append(text[at:start])
        raw = text[start:end]
        parts.append(Reference(raw, () if raw.startswith("${{") else scan(raw[2:-1])))
        at = end
        start = text.find("${", at)
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def alternatives(inner: Sequence[Part]) -> tuple[tuple[Part, ...], ...]:
    """The content of the braces of a variable, split at the commas outside of quotes: the source and its defaults.

    Blanks around them are removed; quotes stay.
    """
    split: list[list[Part]] = [[]]
    quote = ""
    for part in inner:
        if not isinstance(part, str):
            split[-1].append(part)
            continue
        text = ""
        for character in part:
            if character == "," and not quote:
                split[-1].append(text)
                split.append([])
                text = ""
                continue
            if character == quote:
                quote = ""
            elif character in _QUOTES and not text.strip() and not any(split[-1]):
                quote = character
            text += character
        split[-1].append(text)
    return tuple(_stripped(parts) for parts in split)


def _stripped(parts: list[Part]) -> tuple[Part, ...]:
    """The parts without blanks at their start and end, and without empty ones."""
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def without_quotes(parts: tuple[Part, ...]) -> tuple[Part, ...] | None:
    """The parts of a default in quotes, without its quotes; None if it is not in quotes."""
    first, last = (parts[0], parts[-1]) if parts else ("", "")
    if not isinstance(first, str) or not isinstance(last, str) or not first.startswith(_QUOTES):
        return None
    if not last.endswith(first[0]) or (len(parts) == 1 and len(first) == 1):
        return None
    if len(parts) == 1:
        return (first[1:-1],)
    return (first[1:], *parts[1:-1], last[:-1])


def _end(text: str, start: int) -> int:
    """The end of the variable that begins at `start`, or -1."""
    if text.startswith("${{", start):
        close = text.find("}}", start)
        return close + 2 if close >= 0 else -1
    depth = 0
    at = start
    while at < len(text) and depth <= _MAX_DEPTH:
        if text.startswith("${", at):
            depth += 1
            at += 2
            continue
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
        at = _after_quoted_default(text, at) if text[at] == "," else at + 1
    return -1


def _after_quoted_default(text: str, comma: int) -> int:
    """The position after a default in quotes that follows a comma, which can contain braces; else after the comma."""
    first = _after_blanks(text, comma + 1)
    if text[first : first + 1] not in _QUOTES:
        return comma + 1
    last = text.find(text[first], first + 1)
    return last + 1 if last > 0 and text[(end := _after_blanks(text, last + 1)) : end + 1] in (",", "}") else comma + 1


def _after_blanks(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    return at
