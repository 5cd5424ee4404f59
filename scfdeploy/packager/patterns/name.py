"""Match one name with one segment of a pattern: `*`, `?`, `[a-z]`, and `@(a|b)`, `?(…)`, `*(…)`, `+(…)`, `!(…)`.

A set of positions in the name is an integer with one bit each. Each item of the pattern maps the positions at which it
can start to those at which it can end, so no pattern, however nested, takes more steps than its length times the square
of that of the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from scfdeploy.diagnostics.messages import message
from scfdeploy.packager.patterns.braces import closing, split_choices
from scfdeploy.records import NamedTuple

MAX_DEPTH = 20
_OPENINGS = "?*+@!"
_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "blank": lambda character: character in " \t",
    "cntrl": lambda character: not character.isprintable(),
    "digit": lambda character: "0" <= character <= "9",
    "graph": lambda character: character.isprintable() and character != " ",
    "lower": str.islower,
    "print": str.isprintable,
    "punct": lambda character: character.isprintable() and not character.isalnum() and character != " ",
    "space": str.isspace,
    "upper": str.isupper,
    "xdigit": lambda character: character in "0123456789abcdefABCDEF",
}


class InvalidPatternError(ValueError):
    """A pattern is invalid; the text says why."""


class _Letter(NamedTuple):
    text: str


class _Any(NamedTuple):
    """`?`: any character."""


class _Star(NamedTuple):
    """`*`: any number of characters."""


class _Set(NamedTuple):
    """`[…]`: one of these characters."""

    ranges: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    negated: bool

    def has(self, character: str) -> bool:
        in_range = any(first <= character <= last for first, last in self.ranges)
        return (in_range or any(_CLASSES[name](character) for name in self.classes)) != self.negated


class _Group(NamedTuple):
    """`kind(a|b)`."""

    kind: str
    choices: tuple[_Sequence, ...]


_Item: TypeAlias = "_Letter | _Any | _Star | _Set | _Group"
_Sequence: TypeAlias = tuple[_Item, ...]


def name_matcher(text: str) -> Callable[[str], bool]:
    """A function that says whether a name matches this segment of a pattern. InvalidPatternError."""
    items = _parse(text, 0)
    literal = "".join(item.text for item in items if isinstance(item, _Letter))
    if len(literal) == len(items):
        return literal.__eq__
    if len(literal) == len(items) - 1:
        if isinstance(items[0], _Star):
            return lambda name: name.endswith(literal)
        if isinstance(items[-1], _Star):
            return lambda name: name.startswith(literal)
    results: dict[str, bool] = {}

    def matches(name: str) -> bool:
        result = results.get(name)
        if result is None:
            result = results[name] = bool(_Name(name).ends(items, 1) >> len(name))
        return result

    return matches


def literal_text(text: str) -> str | None:
    """The only name that this segment of a pattern matches, or None when there are several. InvalidPatternError."""
    items = _parse(text, 0)
    letters = [item.text for item in items if isinstance(item, _Letter)]
    return "".join(letters) if len(letters) == len(items) else None


def _parse(text: str, depth: int) -> _Sequence:
    if depth > MAX_DEPTH:
        raise InvalidPatternError(message("its brackets are nested more than {limit} deep", limit=MAX_DEPTH))
    items: list[_Item] = []
    at = 0
    while at < len(text):
        character, after = text[at], text[at + 1 : at + 2]
        if character == "\\":
            if not after:
                raise InvalidPatternError(message("it ends with a backslash, which escapes the next character"))
            items.append(_Letter(after))
            at += 2
        elif character in _OPENINGS and after == "(" and (end := closing(text, at + 1)) is not None:
            items.append(_parse_group(character, text[at + 2 : end], depth))
            at = end + 1
        elif character == "(" and (end := closing(text, at)) is not None and "|" in text[at:end]:
            items.append(_parse_group("@", text[at + 1 : end], depth))
            at = end + 1
        elif character == "[" and (parsed := _parse_set(text, at)) is not None:
            item, at = parsed
            items.append(item)
        else:
            if character == "*":
                if not (items and isinstance(items[-1], _Star)):
                    items.append(_Star())
            else:
                items.append(_Any() if character == "?" else _Letter(character))
            at += 1
    return tuple(items)


def _parse_group(kind: str, inner: str, depth: int) -> _Group:
    if "/" in inner:
        raise InvalidPatternError(
            message('"{group}" contains a "/", but a group matches within one name', group=f"{kind}({inner})")
        )
    return _Group(kind, tuple(_parse(choice, depth + 1) for choice in split_choices(inner, "|")))


def _parse_set(text: str, start: int) -> tuple[_Set, int] | None:
    """The set that starts at `start` and the index after it, or None when it is not closed. InvalidPatternError."""
    at = start + 1
    negated = text[at : at + 1] in {"!", "^"} and at < len(text)
    at += negated
    ranges: list[tuple[str, str]] = []
    classes: list[str] = []
    first = True
    while at < len(text):
        if text[at] == "]" and not first:
            return _Set(tuple(ranges), tuple(classes), negated), at + 1
        first = False
        if text.startswith("[:", at) and (end := text.find(":]", at)) > 0 and text[at + 2 : end] in _CLASSES:
            classes.append(text[at + 2 : end])
            at = end + 2
            continue
        low, at = _set_member(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in {"", "]"}:
            high, at = _set_member(text, at + 1)
        if low > high:
            raise InvalidPatternError(message('the range "{range}" is in reverse order', range=f"{low}-{high}"))
        ranges.append((low, high))
    return None


def _set_member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\" and at + 1 < len(text):
        return text[at + 1], at + 2
    return text[at], at + 1


class _Name:
    """Positions in one name. Bit n of a set is the position before character n."""

    __slots__ = ("_all", "_cache", "_positions")

    def __init__(self, text: str) -> None:
        self._all = (1 << (len(text) + 1)) - 1
        self._positions: dict[str, int] = {}
        for index, character in enumerate(text):
            self._positions[character] = self._positions.get(character, 0) | 1 << index
        self._cache: dict[tuple[int, int], int] = {}

    def ends(self, items: _Sequence, starts: int) -> int:
        """The positions at which `items` can end when they start at one of `starts`."""
        for item in items:
            if not starts:
                return 0
            match item:
                case _Letter(character):
                    starts = (starts & self._positions.get(character, 0)) << 1
                case _Any():
                    starts = (starts << 1) & self._all
                case _Star():
                    starts = self._all & -(starts & -starts)
                case _Set():
                    members = sum(bits for character, bits in self._positions.items() if item.has(character))
                    starts = (starts & members) << 1
                case _Group("!", _):
                    starts = self._ends_of_negation(item, starts)
                case _Group(kind, choices):
                    starts = self._ends_of_group(kind, choices, starts)
        return starts

    def _ends_of_group(self, kind: str, choices: tuple[_Sequence, ...], starts: int) -> int:
        once = self._ends_of_any(choices, starts)
        if kind == "@":
            return once
        if kind == "?":
            return starts | once
        reached, new = once, once
        while new:
            new = self._ends_of_any(choices, new) & ~reached
            reached |= new
        return reached if kind == "+" else starts | reached

    def _ends_of_any(self, choices: tuple[_Sequence, ...], starts: int) -> int:
        reached = 0
        for choice in choices:
            reached |= self.ends(choice, starts)
        return reached

    def _ends_of_negation(self, group: _Group, starts: int) -> int:
        """Where a text that no choice matches can end, which must be computed for each start alone."""
        reached = 0
        while starts:
            start = starts & -starts
            starts ^= start
            key = (id(group), start)
            if key not in self._cache:
                self._cache[key] = self._all & -start & ~self._ends_of_any(group.choices, start)
            reached |= self._cache[key]
        return reached
