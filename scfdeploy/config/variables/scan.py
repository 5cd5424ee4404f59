"""Find the variables in a text. They can be nested: `${output:${stage}:${app}:vpc.vpcId}`.

An additional dollar sign escapes a variable: `$${name}` is the text `${name}`.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


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


_MAX_DEPTH = 20
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
        at += 1
    return -1
