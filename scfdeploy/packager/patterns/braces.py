"""Expand braces in patterns: `*.{md,py}`, `{1..3}`, `{a,b{c,d}}`."""

from __future__ import annotations

MAX_EXPANSIONS = 1000
"""More patterns from one are a mistake, and each further brace would multiply them."""


class TooManyError(ValueError):
    """The braces of one pattern expand to more than MAX_EXPANSIONS patterns."""


def expand(pattern: str) -> list[str]:
    """Every pattern without braces that `pattern` expands to, in order. TooManyError.

    Braces without a comma or a range (`{a}`) and unclosed braces are literal, as in a shell. A group `@(a/b|c)` or
    `?(a/b)` that contains a `/` is expanded as well, because groups match within one name.
    """
    done: list[str] = []
    waiting = [("", pattern)]
    while waiting:
        before, rest = waiting.pop()
        group = _first_group(rest)
        if group is None:
            done.append(before + rest)
        else:
            start, end, choices = group
            # Reversed, because `waiting` is a stack: the first choice is expanded first.
            waiting += [(before + rest[:start], choice + rest[end:]) for choice in reversed(choices)]
        if len(done) + len(waiting) > MAX_EXPANSIONS:
            raise TooManyError(pattern)
    return done


def closing(pattern: str, start: int) -> int | None:
    """The index of the bracket that closes the one at `start`, or None; a backslash escapes, and both kinds nest."""
    pairs = {"{": "}", "(": ")"}
    expected: list[str] = []
    index = start
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            index += 1
        elif character in pairs and (character == pattern[start] or expected):
            expected.append(pairs[character])
        elif expected and character == expected[-1]:
            expected.pop()
            if not expected:
                return index
        index += 1
    return None


def split_choices(inner: str, separator: str) -> list[str]:
    """`inner` split at the separators outside of nested brackets."""
    items, depth, start, index = [], 0, 0, 0
    while index < len(inner):
        match inner[index]:
            case "\\":
                index += 1
            case "{" | "(":
                depth += 1
            case "}" | ")":
                depth -= 1
            case character if character == separator and depth == 0:
                items.append(inner[start:index])
                start = index + 1
        index += 1
    return [*items, inner[start:]]


def _first_group(text: str) -> tuple[int, int, list[str]] | None:
    """The start, the end and the choices of the first group to expand."""
    index = 0
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 1
        elif character == "{" and (end := closing(text, index)) is not None:
            choices = _choices(text[index + 1 : end])
            if choices is not None:
                return index, end + 1, choices
        elif character in "@?" and text[index + 1 : index + 2] == "(" and (end := closing(text, index + 1)) is not None:
            inner = text[index + 2 : end]
            if "/" in inner:
                return index, end + 1, [*([""] if character == "?" else []), *split_choices(inner, "|")]
        index += 1
    return None


def _choices(inner: str) -> list[str] | None:
    choices = split_choices(inner, ",")
    if len(choices) > 1:
        return choices
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
    if abs(last - first) // stride >= MAX_EXPANSIONS:
        raise TooManyError(inner)
    return range(first, last + 1, stride) if first <= last else range(first, last - 1, -stride)


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def _is_padded(text: str) -> bool:
    digits = text.removeprefix("-")
    return len(digits) > 1 and digits.startswith("0")
