"""Find invisible and unusual space characters outside text, where YAML does not treat them as spaces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.parser import UNICODE_LINE_BREAKS, parser_events
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import NamedTuple

_SPACES = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164"
_FULL_WIDTH = "\u3000"
_JOINERS = "\u200c\u200d"  # parts of ordinary words and emoji
_WIDTHLESS = f"\u00ad\u034f\u061c\u180e\u200b{_JOINERS}\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_ANY = re.compile(f"[{_SPACES}{_WIDTHLESS}]")
_SPACE = re.compile(f"[{_SPACES}]")
_SEPARATOR = re.compile(
    # The start of a line, its dashes, and the spaces around the colon of an unquoted key.
    f"(?P<margin>[\\s{_SPACES}{_WIDTHLESS}]*)(?P<dashes>(?:-[\\s{_SPACES}{_WIDTHLESS}]+)*)"
    f"(?:(?P<key>[^\\s:#'\"{{\\[&*!|>][^:#'\"]*?):(?P<after>[\\s{_SPACES}{_WIDTHLESS}]+|$))?"
)
_VISIBLE = re.compile(f"[^\\s{_SPACES}{_WIDTHLESS}]")
_DASHES = re.compile(r"\s*(?P<dashes>(?:-\s+)*)")
_KEY = re.compile(r"[^\s:#'\"{\[]+:")
_NAME_TEXTS = {
    "\u0085": "next-line character",
    "\u00a0": "no-break space",
    "\u200b": "zero-width space",
    "\u2028": "line-separator character",
    "\u2029": "paragraph-separator character",
    "\u3000": "full-width space",
    "\ufeff": "zero-width no-break space (byte-order mark)",
}

_Key = TypeVar("_Key", str, int)

_MOST_PLACES = 10

INVISIBLE_CHARACTER = Finding(
    "invisible-character",
    Severity.ERROR,
    "{title} outside quotes",
    detail="YAML does not treat a {name} ({code_point}) as a space.",
    hint="Replace it with an ordinary space; quote a text that needs the character.",
    title="A space that YAML does not know, or a character that is invisible.",
    what="A no-break space, a full-width space, a zero-width character or a similar one is in the indentation, in an "
    "unquoted key, around a colon, after a dash, or at an end of an unquoted value.",
    why="It looks like an ordinary space or like nothing, but YAML reads it as a letter: the key is a different one, "
    "or the line belongs to another block. Between quotes it is text. The rest of the file is read as if the "
    "character were replaced, so that its other mistakes are reported in the same run.",
    wrong="`timeout:` with a no-break space (U+00A0) before the number, as in text copied from a web page.",
    right=yaml("timeout: 5"),
)


class Invisible(NamedTuple):
    """One invisible or unusual space character. Lines and columns count from 0."""

    line: int
    column: int
    char: str
    replacement: str
    """What replaces it where it belongs to the structure."""

    @property
    def has_width(self) -> bool:
        """Whether it looks like a space, rather than like nothing."""
        return _SPACE.match(self.char) is not None


class _Line:
    """A line with such characters. It is read once, however many of them it has."""

    __slots__ = ("characters", "is_blank", "text")

    def __init__(self, number: int, text: str) -> None:
        first_visible = _VISIBLE.search(text)
        self.text = text
        self.is_blank = first_visible is None
        margin = len(text) if first_visible is None else first_visible.start()
        is_before_value = _before_value(text)
        self.characters = [
            Invisible(number, at, char, _replacement(text, at, margin=margin, is_before_value=is_before_value))
            for at, char in ((match.start(), match.group()) for match in _ANY.finditer(text))
        ]

    def without(self, removed: Iterable[Invisible]) -> str:
        """The text with some of its characters replaced. They are in order."""
        texts: list[str] = []
        end = 0
        for character in removed:
            texts += (self.text[end : character.column], character.replacement)
            end = character.column + 1
        return "".join((*texts, self.text[end:]))


class _Scalar(NamedTuple):
    """A scalar of the parsed text."""

    start: tuple[int, int]
    end: tuple[int, int]
    is_text: bool
    """Whether it is quoted or a block, where every character belongs to the text."""
    is_key: bool


class _ScalarsOfLine:
    """The scalars in one line of the parsed text. They are in order and do not overlap."""

    def __init__(self, number: int, text: str, scalars: Sequence[_Scalar]) -> None:
        self._number = number
        self._text = text
        self._scalars = scalars
        self._starts = [scalar.start for scalar in scalars]
        self._visible: dict[tuple[int, int], tuple[int, int]] = {}
        marks = (match.start() for match in re.finditer(r"(?:^|(?<=\s))#", text))
        self._comment = next((at for at in marks if self.around(at, is_removed=False) is None), len(text))

    def around(self, column: int, *, is_removed: bool) -> _Scalar | None:
        """The scalar that contains a column. A removed character has the column of the character after it."""
        position = (self._number, column)
        index = (bisect_left if is_removed else bisect_right)(self._starts, position) - 1
        return self._scalars[index] if index >= 0 and position < self._scalars[index].end else None

    def is_comment(self, column: int) -> bool:
        """Whether a column outside the scalars is in a comment."""
        return self._comment < column

    def is_at_an_end(self, scalar: _Scalar, column: int) -> bool:
        """Whether only invisible characters are before or after the column in a scalar of one line."""
        if scalar.start[0] != scalar.end[0]:
            return False
        if scalar.start not in self._visible:
            at, end = scalar.start[1], scalar.end[1]
            visible = _VISIBLE.search(self._text, at, end)
            length = len(_ANY.sub(" ", self._text[at:end]).rstrip())
            self._visible[scalar.start] = (end if visible is None else visible.start(), at + length)
        first, end = self._visible[scalar.start]
        return column <= first or end <= column


def has_invisible(text: str) -> bool:
    """Whether the text contains such a character."""
    return not text.isascii() and _ANY.search(text) is not None


def replace_invisible(lines: list[str], positions: SourcePositions, diagnostics: Diagnostics) -> None:
    """Report the characters that belong to the structure, and replace them in `lines` by spaces or nothing."""
    lines_by_number = {at: _Line(at, text) for at, text in enumerate(lines) if has_invisible(text)}
    structural, doubtful = _classify(lines_by_number, lines)
    for same in _grouped(structural, lambda character: character.char).values():
        _report(same, positions, diagnostics)
    for same in _grouped(doubtful, lambda character: character.char).values():
        _warn(same, positions, diagnostics)
    blank = [character for line in lines_by_number.values() if line.is_blank for character in line.characters]
    for at, replaced in _grouped([*structural, *blank], lambda character: character.line).items():
        lines[at] = lines_by_number[at].without(replaced)
        positions.remove(at, [character.column for character in replaced if not character.replacement])
        shift = 0
        for character in replaced:
            if len(character.replacement) > 1:
                positions.insert(at, character.column + shift)
            shift += len(character.replacement) - 1


def _classify(lines_by_number: Mapping[int, _Line], lines: Sequence[str]) -> tuple[list[Invisible], list[Invisible]]:
    """The characters that belong to the structure, and those without width within an unquoted value."""
    # Parse the text with all characters replaced; if that is not valid, the original text.
    for is_replaced in (True, False):
        text = list(lines)
        for at, line in lines_by_number.items() if is_replaced else ():
            text[at] = line.without(line.characters)
        scalars = _scalars("\n".join(text))
        if scalars is not None:
            return _classify_by_scalars(lines_by_number, scalars, text=text, is_replaced=is_replaced)
    return [character for line in lines_by_number.values() if not line.is_blank for character in _separators(line)], []


def _classify_by_scalars(
    lines_by_number: Mapping[int, _Line], scalars: Sequence[_Scalar], *, text: Sequence[str], is_replaced: bool
) -> tuple[list[Invisible], list[Invisible]]:
    structural: list[Invisible] = []
    doubtful: list[Invisible] = []
    near: dict[int, list[_Scalar]] = {}
    for scalar in scalars:
        for at in range(scalar.start[0], scalar.end[0] + 1):
            if at in lines_by_number:
                near.setdefault(at, []).append(scalar)
    for at, line in lines_by_number.items():
        if line.is_blank:
            continue
        here = _ScalarsOfLine(at, text[at], near.get(at, ()))
        shift = 0
        for character in line.characters:
            is_removed = is_replaced and not character.replacement
            severity = _classify_one(character, here, character.column + shift, is_removed=is_removed)
            if severity is not None:
                (structural if severity is Severity.ERROR else doubtful).append(character)
            shift += len(character.replacement) - 1 if is_replaced else 0
    return structural, doubtful


def _classify_one(character: Invisible, here: _ScalarsOfLine, column: int, *, is_removed: bool) -> Severity | None:
    """An error in the structure, a warning within an unquoted value, None if the character belongs to a text."""
    around = here.around(column, is_removed=is_removed)
    if around is None:
        return None if here.is_comment(column) else Severity.ERROR
    if around.is_text:
        return None
    if around.is_key or (not is_removed and here.is_at_an_end(around, column)):
        return Severity.ERROR
    return None if character.has_width or character.char in _JOINERS else Severity.WARNING


def _scalars(text: str) -> list[_Scalar] | None:
    """The scalars of a text, or None if it is not valid YAML."""
    from ruamel.yaml import events as kinds

    scalars: list[_Scalar] = []
    counts: list[int | None] = [None]  # of the nodes in each open mapping; None for a list
    try:
        for event in parser_events(text.translate(UNICODE_LINE_BREAKS)):
            match event:
                case kinds.ScalarEvent():
                    is_key = counts[-1] is not None and counts[-1] % 2 == 0
                    start, end = event.start_mark, event.end_mark
                    is_text = event.style not in (None, "")
                    scalars.append(_Scalar((start.line, start.column), (end.line, end.column), is_text, is_key))
                case kinds.MappingEndEvent() | kinds.SequenceEndEvent():
                    counts.pop()
                case kinds.MappingStartEvent():
                    counts.append(0)
                    continue
                case kinds.SequenceStartEvent():
                    counts.append(None)
                    continue
                case kinds.AliasEvent():
                    pass
                case _:
                    continue
            if counts[-1] is not None:
                counts[-1] += 1
    except (MarkedYAMLError, ReaderError):
        return None
    return scalars


def _separators(line: _Line) -> list[Invisible]:
    """The characters where YAML expects spaces, judged by their line alone."""
    parts = _SEPARATOR.match(line.text)
    if parts is None:
        return []
    spans = [parts.span(name) for name in ("margin", "dashes", "key", "after")]
    return [character for character in line.characters if any(start <= character.column < end for start, end in spans)]


def _report(characters: Sequence[Invisible], positions: SourcePositions, diagnostics: Diagnostics) -> None:
    fix: list[Edit] = []
    for run in _runs(characters):
        span = positions.span_at(run[0].line, run[0].column, len(run))
        new = "".join(character.replacement for character in run)
        fix.append(Edit(span, new, "".join(character.char for character in run)))
    count = len({character.line for character in characters})
    diagnostics.report(
        INVISIBLE_CHARACTER,
        fix[0].span,
        fix=tuple(fix),
        detail="YAML does not treat a {name} ({code_point}) as a space. {count} lines of this file contain one."
        if count > 1
        else None,
        hint=None if fix[0].replacement else "Remove it; quote a text that needs the character.",
        related=_also_here(edit.span for edit in fix[1:_MOST_PLACES]),
        count=count,
        **_description(characters[0].char),
    )


def _warn(characters: Sequence[Invisible], positions: SourcePositions, diagnostics: Diagnostics) -> None:
    first, *others = [positions.span_at(character.line, character.column) for character in characters[:_MOST_PLACES]]
    diagnostics.report(
        INVISIBLE_CHARACTER,
        first,
        severity=Severity.WARNING,
        summary="{title} in a value",
        detail="The value contains a {name} ({code_point}), which editors do not show.",
        hint="Remove it, or quote the value if the character belongs to it.",
        related=_also_here(others),
        **_description(characters[0].char),
    )


def _also_here(spans: Iterable[Span]) -> tuple[tuple[str, Span], ...]:
    return tuple((message("also here"), span) for span in spans)


def _description(char: str) -> dict[str, Any]:
    import unicodedata

    known = _NAME_TEXTS.get(char)
    name = message(known) if known else unicodedata.name(char, message("invisible character")).lower()
    return {"name": name, "title": name[0].upper() + name[1:], "code_point": f"U+{ord(char):04X}"}


def _before_value(text: str) -> Callable[[int], bool]:
    """Whether a column of a line follows one of its first dashes, or the colon of its first key."""
    dashes = _DASHES.match(text)
    start, end = (0, 0) if dashes is None else dashes.span("dashes")
    key = _KEY.match(text, end)
    ends = {end + 1 if text.startswith("-", end) else -1, -1 if key is None else key.end()}
    return lambda column: column in ends or (start < column <= end and text[column - 1] == "-")


def _replacement(text: str, column: int, *, margin: int, is_before_value: Callable[[int], bool]) -> str:
    """The replacement of a character: two spaces for a full-width one in the indentation, otherwise one.

    A character without width is removed, unless it is in the place of the space after a dash or colon.
    """
    if _SPACE.match(text, column):
        return "  " if text[column] == _FULL_WIDTH and column <= margin else " "
    next_char = text[column + 1 : column + 2]
    return " " if next_char.strip() and not _ANY.match(next_char) and is_before_value(column) else ""


def _runs(characters: Sequence[Invisible]) -> list[list[Invisible]]:
    """The characters, grouped by adjacency."""
    runs: list[list[Invisible]] = []
    for character in characters:
        last = runs[-1][-1] if runs else None
        if last is not None and (last.line, last.column + 1) == (character.line, character.column):
            runs[-1].append(character)
        else:
            runs.append([character])
    return runs


def _grouped(characters: Iterable[Invisible], key: Callable[[Invisible], _Key]) -> dict[_Key, list[Invisible]]:
    groups: dict[_Key, list[Invisible]] = {}
    for character in characters:
        groups.setdefault(key(character), []).append(character)
    return groups
