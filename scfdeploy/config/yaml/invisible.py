"""Find invisible and unusual space characters outside text, where YAML does not treat them as spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.parser import UNICODE_LINE_BREAKS, parser_events
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, Span, message
from scfdeploy.diagnostics.page import yaml

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
_BEFORE_VALUE = re.compile(r"\s*(?:-\s+)*(?:-|[^\s:#'\"{\[]+:)")
_NAMES = {
    "\u0085": "next-line character",
    "\u00a0": "no-break space",
    "\u200b": "zero-width space",
    "\u2028": "line-separator character",
    "\u2029": "paragraph-separator character",
    "\u3000": "full-width space",
    "\ufeff": "zero-width no-break space (byte-order mark)",
}

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

    @property
    def has_width(self) -> bool:
        """Whether it looks like a space, rather than like nothing."""
        return _SPACE.match(self.char) is not None


class _Scalar(NamedTuple):
    """A scalar of the parsed text."""

    start: tuple[int, int]
    end: tuple[int, int]
    is_text: bool
    """Whether it is quoted or a block, where every character belongs to the text."""
    is_key: bool


def has_invisible(text: str) -> bool:
    """Whether the text contains such a character."""
    return not text.isascii() and _ANY.search(text) is not None


def replace_invisible(lines: list[str], positions: SourcePositions, diagnostics: Diagnostics) -> None:
    """Report the characters that belong to the structure, and replace them in `lines` by spaces or nothing."""
    characters = [
        Invisible(at, match.start(), match.group()) for at, line in enumerate(lines) for match in _ANY.finditer(line)
    ]
    structural, doubtful = _classify(characters, lines)
    for char in dict.fromkeys(character.char for character in structural):
        _report([character for character in structural if character.char == char], lines, positions, diagnostics)
    for char in dict.fromkeys(character.char for character in doubtful):
        _warn([character for character in doubtful if character.char == char], positions, diagnostics)
    in_empty_lines = [character for character in characters if not _visible(lines[character.line])]
    for at, in_line in _by_line([*structural, *in_empty_lines]).items():
        original = lines[at]
        lines[at] = _replaced(original, in_line)
        positions.remove(at, [character.column for character in in_line if not _replacement(character, original)])
        for character in in_line:
            if len(_replacement(character, original)) > 1:
                positions.insert(at, len(_replaced(original[: character.column], in_line)))


def _classify(characters: Sequence[Invisible], lines: Sequence[str]) -> tuple[list[Invisible], list[Invisible]]:
    """The characters that belong to the structure, and those without width within an unquoted value."""
    relevant = [character for character in characters if _visible(lines[character.line])]
    # Parse the text with all characters replaced; if that is not valid, the original text.
    for removed in (_by_line(characters), {}):
        text = [_replaced(line, removed.get(at, ())) for at, line in enumerate(lines)]
        scalars = _scalars("\n".join(text))
        if scalars is not None:
            return _classify_by_scalars(relevant, scalars, lines=lines, text=text, removed=removed)
    return [character for character in relevant if _separates(character, lines[character.line])], []


def _classify_by_scalars(
    characters: Sequence[Invisible],
    scalars: Sequence[_Scalar],
    *,
    lines: Sequence[str],
    text: Sequence[str],
    removed: Mapping[int, Sequence[Invisible]],
) -> tuple[list[Invisible], list[Invisible]]:
    structural: list[Invisible] = []
    doubtful: list[Invisible] = []
    by_line: dict[int, list[_Scalar]] = {character.line: [] for character in characters}
    for scalar in scalars:
        for number in range(scalar.start[0], scalar.end[0] + 1):
            if number in by_line:
                by_line[number].append(scalar)
    for character in characters:
        line = lines[character.line]
        at = len(_replaced(line[: character.column], removed.get(character.line, ())))
        position = (character.line, at)
        is_removed = bool(removed) and not _replacement(character, line)
        in_line = by_line[character.line]
        around = next((scalar for scalar in in_line if _contains(scalar, position, is_removed=is_removed)), None)
        if around is None:
            if not _is_in_comment(text[character.line], position, in_line):
                structural.append(character)
        elif around.is_text:
            continue
        elif around.is_key or _is_at_an_end(around, position, text, is_removed=is_removed):
            structural.append(character)
        elif not character.has_width and character.char not in _JOINERS:
            doubtful.append(character)
    return structural, doubtful


def _contains(scalar: _Scalar, position: tuple[int, int], *, is_removed: bool) -> bool:
    """Whether a position is in a scalar. That of a removed character is between two characters."""
    return (scalar.start < position if is_removed else scalar.start <= position) and position < scalar.end


def _is_at_an_end(scalar: _Scalar, position: tuple[int, int], text: Sequence[str], *, is_removed: bool) -> bool:
    """Whether only invisible characters are before or after the position in an unquoted value."""
    if is_removed or scalar.start[0] != scalar.end[0]:
        return False
    value = text[position[0]][scalar.start[1] : scalar.end[1]]
    before, after = value[: position[1] - scalar.start[1]], value[position[1] - scalar.start[1] :]
    return not _visible(before) or not _visible(after)


def _is_in_comment(line: str, position: tuple[int, int], scalars: Sequence[_Scalar]) -> bool:
    number, column = position
    return any(
        not any(scalar.start <= (number, match.start()) < scalar.end for scalar in scalars)
        for match in re.finditer(r"(?:^|(?<=\s))#", line[:column])
    )


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


def _separates(character: Invisible, line: str) -> bool:
    """Whether the character is where YAML expects spaces, judged by its line alone."""
    parts = _SEPARATOR.match(line)
    if parts is None:
        return False
    spans = (parts.span(name) for name in ("margin", "dashes", "key", "after"))
    return any(start <= character.column < end for start, end in spans)


def _report(
    characters: Sequence[Invisible], lines: Sequence[str], positions: SourcePositions, diagnostics: Diagnostics
) -> None:
    fix: list[Edit] = []
    for run in _runs(characters):
        span = positions.span_at(run[0].line, run[0].column, len(run))
        new = "".join(_replacement(character, lines[character.line]) for character in run)
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
    first, *others = [positions.span_at(character.line, character.column) for character in characters]
    diagnostics.report(
        INVISIBLE_CHARACTER,
        first,
        severity=Severity.WARNING,
        summary="{title} in a value",
        detail="The value contains a {name} ({code_point}), which editors do not show.",
        hint="Remove it, or quote the value if the character belongs to it.",
        related=_also_here(others[: _MOST_PLACES - 1]),
        **_description(characters[0].char),
    )


def _also_here(spans: Iterable[Span]) -> tuple[tuple[str, Span], ...]:
    return tuple((message("also here"), span) for span in spans)


def _description(char: str) -> dict[str, Any]:
    import unicodedata

    name = _NAMES.get(char) or unicodedata.name(char, "invisible character").lower()
    return {"name": name, "title": name[0].upper() + name[1:], "code_point": f"U+{ord(char):04X}"}


def _visible(text: str) -> str:
    return _ANY.sub("", text).strip()


def _replaced(line: str, characters: Sequence[Invisible]) -> str:
    chars = list(line)
    for character in characters:
        if character.column < len(chars):
            chars[character.column] = _replacement(character, line)
    return "".join(chars)


def _replacement(character: Invisible, line: str) -> str:
    """The replacement of a character: two spaces for a full-width one in the indentation, otherwise one.

    A character without width is removed, unless it is in the place of the space after a dash or colon.
    """
    before = line[: character.column]
    if character.has_width:
        return "  " if character.char == _FULL_WIDTH and not _visible(before) else " "
    next_char = line[character.column + 1 : character.column + 2]
    is_separator = _BEFORE_VALUE.fullmatch(before) and next_char.strip()
    return " " if is_separator and not _ANY.match(next_char) else ""


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


def _by_line(characters: Sequence[Invisible]) -> dict[int, list[Invisible]]:
    by_line: dict[int, list[Invisible]] = {}
    for character in characters:
        by_line.setdefault(character.line, []).append(character)
    return by_line
