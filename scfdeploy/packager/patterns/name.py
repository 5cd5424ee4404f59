"""Matches one name against one part of a pattern: `*`, `?`, `[a-z]`, and `@(a|b)`, `?(…)`, `*(…)`, `+(…)`, `!(…)`.

A position in the name is a bit. Each step takes the set of positions at which it can begin to the set at which it can
end, so that no pattern, however deeply nested, needs more steps than its length times that of the name squared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from scfdeploy.packager.patterns.braces import closing, split_choices

MOST_NESTED = 20
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


class NotAPatternError(ValueError):
    """What is wrong with a pattern, in words."""


class _Letter(NamedTuple):
    text: str


class _Any(NamedTuple):
    """A `?`: any one character."""


class _Star(NamedTuple):
    """A `*`: any characters, also none."""


class _Set(NamedTuple):
    """A `[…]`: one character of those."""

    ranges: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    negated: bool

    def has(self, character: str) -> bool:
        inside = any(first <= character <= last for first, last in self.ranges)
        return (inside or any(_CLASSES[name](character) for name in self.classes)) != self.negated


class _Group(NamedTuple):
    """`kind(a|b)`; each choice is a sequence."""

    kind: str
    choices: tuple[_Sequence, ...]


_Item: TypeAlias = "_Letter | _Any | _Star | _Set | _Group"
_Sequence: TypeAlias = tuple[_Item, ...]


def name_matcher(text: str) -> Callable[[str], bool]:
    """Whether a name matches, for a part of a pattern without `/`. NotAPatternError."""
    items = _parse(text, 0)
    literal = "".join(item.text for item in items if isinstance(item, _Letter))
    if len(literal) == len(items):
        return literal.__eq__
    if len(literal) == len(items) - 1:
        if isinstance(items[0], _Star):
            return lambda name: name.endswith(literal)
        if isinstance(items[-1], _Star):
            return lambda name: name.startswith(literal)
    known: dict[str, bool] = {}

    def matches(name: str) -> bool:
        answer = known.get(name)
        if answer is None:
            answer = known[name] = bool(_Name(name).ends(items, 1) >> len(name))
        return answer

    return matches


def literal_text(text: str) -> str | None:
    """The only name that a part of a pattern matches, or None when it matches several. NotAPatternError."""
    items = _parse(text, 0)
    letters = [item.text for item in items if isinstance(item, _Letter)]
    return "".join(letters) if len(letters) == len(items) else None


def _parse(text: str, depth: int) -> _Sequence:
    if depth > MOST_NESTED:
        raise NotAPatternError(f"its brackets are nested more than {MOST_NESTED} deep")
    items: list[_Item] = []
    at = 0
    while at < len(text):
        character, after = text[at], text[at + 1 : at + 2]
        if character == "\\":
            if not after:
                raise NotAPatternError("it ends with a backslash, which quotes the next character")
            items.append(_Letter(after))
            at += 2
        elif character in _OPENINGS and after == "(" and (end := closing(text, at + 1)) is not None:
            items.append(_group(character, text[at + 2 : end], depth))
            at = end + 1
        elif character == "(" and (end := closing(text, at)) is not None and "|" in text[at:end]:
            items.append(_group("@", text[at + 1 : end], depth))
            at = end + 1
        elif character == "[" and (found := _set(text, at)) is not None:
            item, at = found
            items.append(item)
        else:
            if character == "*":
                if not (items and isinstance(items[-1], _Star)):
                    items.append(_Star())
            else:
                items.append(_Any() if character == "?" else _Letter(character))
            at += 1
    return tuple(items)


def _group(kind: str, inner: str, depth: int) -> _Group:
    if "/" in inner:
        raise NotAPatternError(f'"{kind}({inner})" has a "/", but a group matches within one name')
    return _Group(kind, tuple(_parse(choice, depth + 1) for choice in split_choices(inner, "|")))


def _set(text: str, start: int) -> tuple[_Set, int] | None:
    """The set that begins at `start`, and where it ends; None when it is not closed. NotAPatternError."""
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
            raise NotAPatternError(f'the range "{low}-{high}" is the wrong way round')
        ranges.append((low, high))
    return None


def _set_member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\" and at + 1 < len(text):
        return text[at + 1], at + 2
    return text[at], at + 1


class _Name:
    """One name, and where each step of a pattern can end in it. Bit n of a set stands for the place before letter n."""

    __slots__ = ("_all", "_known", "_places", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._all = (1 << (len(text) + 1)) - 1
        self._places: dict[str, int] = {}
        for at, character in enumerate(text):
            self._places[character] = self._places.get(character, 0) | 1 << at
        self._known: dict[tuple[int, int], int] = {}

    def ends(self, items: _Sequence, starts: int) -> int:
        """The places at which `items` can end when they begin at one of `starts`."""
        for item in items:
            if not starts:
                return 0
            match item:
                case _Letter(character):
                    starts = (starts & self._places.get(character, 0)) << 1
                case _Any():
                    starts = (starts << 1) & self._all
                case _Star():
                    starts = self._all & -(starts & -starts)
                case _Set():
                    inside = sum(places for character, places in self._places.items() if item.has(character))
                    starts = (starts & inside) << 1
                case _Group("!", _):
                    starts = self._ends_of_others(item, starts)
                case _Group(kind, choices):
                    starts = self._ends_of_group(kind, choices, starts)
        return starts

    def _ends_of_group(self, kind: str, choices: tuple[_Sequence, ...], starts: int) -> int:
        once = self._any_of(choices, starts)
        if kind == "@":
            return once
        if kind == "?":
            return starts | once
        reached, new = once, once
        while new:
            new = self._any_of(choices, new) & ~reached
            reached |= new
        return reached if kind == "+" else starts | reached

    def _any_of(self, choices: tuple[_Sequence, ...], starts: int) -> int:
        reached = 0
        for choice in choices:
            reached |= self.ends(choice, starts)
        return reached

    def _ends_of_others(self, group: _Group, starts: int) -> int:
        """Where a text that no choice matches can end. Which texts those are depends on where each begins."""
        reached = 0
        while starts:
            start = starts & -starts
            starts ^= start
            key = (id(group), start)
            if key not in self._known:
                self._known[key] = self._all & -start & ~self._any_of(group.choices, start)
            reached |= self._known[key]
        return reached
