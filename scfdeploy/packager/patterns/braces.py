"""Expand braces in patterns: `*.{md,py}`, `{1..3}`, `{a,b{c,d}}`."""

from __future__ import annotations

MOST_EXPANSIONS = 1000
"""More patterns than this out of one are a mistake, and the next brace would multiply them again."""


class TooManyError(ValueError):
    """The braces of one pattern stand for more than MOST_EXPANSIONS patterns."""


def expand(pattern: str) -> list[str]:
    """Every pattern without braces that `pattern` stands for, in order. TooManyError.

    Braces without a comma or a range (`{a}`) and braces that are not closed stand for themselves, as in a shell.
    An alternative `@(a/b|c)` or `?(a/b)` that reaches over folders is expanded as well: a folder name cannot match it.
    """
    done: list[str] = []
    waiting = [("", pattern)]
    while waiting:
        before, rest = waiting.pop()
        found = _first_group(rest)
        if found is None:
            done.append(before + rest)
        else:
            start, end, choices = found
            # Taken from the end, so that the first choice is expanded first.
            waiting += [(before + rest[:start], choice + rest[end:]) for choice in reversed(choices)]
        if len(done) + len(waiting) > MOST_EXPANSIONS:
            raise TooManyError(pattern)
    return done


def closing(pattern: str, start: int) -> int | None:
    """The place of the bracket that closes the one at `start`, or None; a backslash quotes, and both kinds nest."""
    pairs = {"{": "}", "(": ")"}
    expected: list[str] = []
    at = start
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            at += 1
        elif character in pairs and (character == pattern[start] or expected):
            expected.append(pairs[character])
        elif expected and character == expected[-1]:
            expected.pop()
            if not expected:
                return at
        at += 1
    return None


def split_choices(inner: str, separator: str) -> list[str]:
    """The parts of `inner` between separators that stand in no bracket of their own."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(inner):
        match inner[at]:
            case "\\":
                at += 1
            case "{" | "(":
                depth += 1
            case "}" | ")":
                depth -= 1
            case character if character == separator and depth == 0:
                parts.append(inner[start:at])
                start = at + 1
        at += 1
    return [*parts, inner[start:]]


def _first_group(text: str) -> tuple[int, int, list[str]] | None:
    """The first group to expand: where it begins and ends, and what it stands for."""
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == "{" and (end := closing(text, at)) is not None:
            choices = _choices(text[at + 1 : end])
            if choices is not None:
                return at, end + 1, choices
        elif character in "@?" and text[at + 1 : at + 2] == "(" and (end := closing(text, at + 1)) is not None:
            inner = text[at + 2 : end]
            if "/" in inner:
                return at, end + 1, [*([""] if character == "?" else []), *split_choices(inner, "|")]
        at += 1
    return None


def _choices(inner: str) -> list[str] | None:
    parts = split_choices(inner, ",")
    if len(parts) > 1:
        return parts
    ends = inner.split("..")
    if len(ends) not in {2, 3}:
        return None
    step = _number(ends[2]) if len(ends) == 3 else 1
    if step is None:
        return None
    first, last = _number(ends[0]), _number(ends[1])
    if first is not None and last is not None:
        width = max(map(len, ends[:2])) if any(_is_padded(end) for end in ends[:2]) else 0
        return [f"{number:0{width}d}" for number in _range(first, last, step, inner)]
    if len(ends[0]) == len(ends[1]) == 1 and ends[0].isalpha() and ends[1].isalpha():
        return [chr(code) for code in _range(ord(ends[0]), ord(ends[1]), step, inner)]
    return None


def _range(first: int, last: int, step: int, inner: str) -> range:
    stride = abs(step) or 1
    if abs(last - first) // stride >= MOST_EXPANSIONS:
        raise TooManyError(inner)
    return range(first, last + 1, stride) if first <= last else range(first, last - 1, -stride)


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def _is_padded(text: str) -> bool:
    digits = text.removeprefix("-")
    return len(digits) > 1 and digits.startswith("0")
