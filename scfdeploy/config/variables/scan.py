"""Find the variables in a text. They can be nested: `${output:${stage}:${app}:vpc.vpcId}`.

An additional dollar sign escapes a variable: `$${name}` is the text `${name}`.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Reference(NamedTuple):
    """One variable: `raw` is all of it, `inner` what stands between the braces."""

    raw: str
    inner: tuple[Part, ...]

    @property
    def is_placeholder(self) -> bool:
        """Whether it has double braces, `${{ … }}`: some other tool's."""
        return self.raw.startswith("${{")


class Escaped(NamedTuple):
    """The beginning of a variable that is meant as text: `raw` has one dollar sign more than the text."""

    raw: str

    @property
    def text(self) -> str:
        """What it writes."""
        return self.raw[1:]


_DEEPEST = 20
Part: TypeAlias = str | Reference | Escaped


def escaped(text: str) -> str:
    """The text, written so that nothing in it is taken for a variable."""
    return text.replace("${", "$${")


def scan(text: str) -> tuple[Part, ...]:
    """The text as literal stretches, variables and escapes. What opens and does not close is literal."""
    parts: list[Part] = []
    at = 0  # where the literal stretch begins
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
    """Where the variable that begins at `start` ends, or -1."""
    if text.startswith("${{", start):
        close = text.find("}}", start)
        return close + 2 if close >= 0 else -1
    depth = 0
    at = start
    while at < len(text) and depth <= _DEEPEST:
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
