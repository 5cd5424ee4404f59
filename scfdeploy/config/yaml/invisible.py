"""Find invisible and unusual space characters outside text, where YAML does not treat them as spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.parser import UNICODE_LINE_BREAKS
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml

_SPACES = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164"
_FULL_WIDTH = "\u3000"
_JOINERS = "\u200c\u200d"  # parts of ordinary words and emoji
_WIDTHLESS = f"\u00ad\u034f\u061c\u180e\u200b{_JOINERS}\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_ANY = re.compile(f"[{_SPACES}{_WIDTHLESS}]")
_SPACE = re.compile(f"[{_SPACES}]")
_SEPARATOR = re.compile(
    # The start of a line, its dashes, and what stands around the colon of an unquoted key.
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
_MORE_LINES = " {count} lines of this file contain one."

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
    """One such character. Lines and columns count from 0, in the text of the file."""

    line: int
    column: int
    char: str

    @property
    def is_space(self) -> bool:
        """Whether it has a width."""
        return _SPACE.match(self.char) is not None


class _Scalar(NamedTuple):
    """A scalar of the parsed text; `is_text` where every character in it is meant."""

    start: tuple[int, int]
    end: tuple[int, int]
    is_text: bool
    is_key: bool


def has_invisible(text: str) -> bool:
    """Whether a text has such a character anywhere."""
    return not text.isascii() and _ANY.search(text) is not None


def replace_invisible(lines: list[str], places: SourcePositions, diagnostics: Diagnostics) -> None:
    """Report those that belong to the structure, and put spaces in their place in `lines`, or nothing."""
    every = [
        Invisible(at, found.start(), found.group()) for at, line in enumerate(lines) for found in _ANY.finditer(line)
    ]
    structural, doubtful = _judged(every, lines)
    for char in dict.fromkeys(found.char for found in structural):
        _report([found for found in structural if found.char == char], lines, places, diagnostics)
    for char in dict.fromkeys(found.char for found in doubtful):
        _warn([found for found in doubtful if found.char == char], places, diagnostics)
    empty = [found for found in every if not _visible(lines[found.line])]
    by_line = _by_line([*structural, *empty])
    for at, line_found in by_line.items():
        written = lines[at]
        lines[at] = _without(written, line_found)
        places.remove(at, [one.column for one in line_found if not _replacement(one, written)])
        for one in line_found:
            if len(_replacement(one, written)) > 1:
                places.insert(at, len(_without(written[: one.column], line_found)))


def _judged(every: Sequence[Invisible], lines: Sequence[str]) -> tuple[list[Invisible], list[Invisible]]:
    """Those of the structure, and those without width within an unquoted value."""
    told = [found for found in every if _visible(lines[found.line])]
    by_line = _by_line(every)
    # As it was meant first; where that is no YAML, as it is.
    for removed in (by_line, {}):
        text = [_without(line, removed.get(at, ())) for at, line in enumerate(lines)]
        scalars = _scalars("\n".join(text))
        if scalars is not None:
            return _by_scalars(told, scalars, lines=lines, text=text, removed=removed)
    return [found for found in told if _separates(found, lines[found.line])], []


def _by_scalars(
    told: Sequence[Invisible],
    scalars: Sequence[_Scalar],
    *,
    lines: Sequence[str],
    text: Sequence[str],
    removed: Mapping[int, Sequence[Invisible]],
) -> tuple[list[Invisible], list[Invisible]]:
    structural: list[Invisible] = []
    doubtful: list[Invisible] = []
    wanted = {found.line for found in told}
    near: dict[int, list[_Scalar]] = {}
    for scalar in scalars:
        for line in range(scalar.start[0], scalar.end[0] + 1):
            if line in wanted:
                near.setdefault(line, []).append(scalar)
    for found in told:
        at = len(_without(lines[found.line][: found.column], removed.get(found.line, ())))
        is_gone = bool(removed) and not _replacement(found, lines[found.line])
        here = near.get(found.line, ())
        around = next((one for one in here if _holds(one, (found.line, at), is_gone=is_gone)), None)
        if around is None:
            if not _in_comment(text[found.line], at, found.line, here):
                structural.append(found)
        elif around.is_text:
            continue
        elif around.is_key or _at_an_end(around, (found.line, at), text, is_gone=is_gone):
            structural.append(found)
        elif not found.is_space and found.char not in _JOINERS:
            doubtful.append(found)
    return structural, doubtful


def _holds(scalar: _Scalar, place: tuple[int, int], *, is_gone: bool) -> bool:
    """Whether a place is in a scalar; a character that was taken out of the text is between two others."""
    return (scalar.start < place if is_gone else scalar.start <= place) and place < scalar.end


def _at_an_end(scalar: _Scalar, place: tuple[int, int], text: Sequence[str], *, is_gone: bool) -> bool:
    """Whether an unquoted value begins or ends with this character, or with others of its kind up to it."""
    if is_gone or scalar.start[0] != scalar.end[0]:
        return False
    value = text[place[0]][scalar.start[1] : scalar.end[1]]
    before, after = value[: place[1] - scalar.start[1]], value[place[1] - scalar.start[1] :]
    return not _visible(before) or not _visible(after)


def _in_comment(line: str, at: int, number: int, scalars: Sequence[_Scalar]) -> bool:
    for found in re.finditer(r"(?:^|(?<=\s))#", line[:at]):
        mark = (number, found.start())
        if not any(one.start <= mark < one.end for one in scalars):
            return True
    return False


def _scalars(text: str) -> list[_Scalar] | None:
    """The scalars of a text, or None where it is no YAML."""
    from ruamel.yaml import events as kinds
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]

    found: list[_Scalar] = []
    counts: list[int | None] = [None]  # how many nodes of each open mapping were read; None for a list
    try:
        for event in _events_of(CParser(text.translate(UNICODE_LINE_BREAKS)), kinds.StreamEndEvent):
            match event:
                case kinds.ScalarEvent():
                    is_key = counts[-1] is not None and counts[-1] % 2 == 0
                    start, end = event.start_mark, event.end_mark
                    found.append(
                        _Scalar(
                            (start.line, start.column), (end.line, end.column), event.style not in (None, ""), is_key
                        )
                    )
                case kinds.MappingEndEvent() | kinds.SequenceEndEvent():
                    counts.pop()
                case kinds.AliasEvent() | kinds.MappingStartEvent() | kinds.SequenceStartEvent():
                    pass
                case _:
                    continue
            is_end = isinstance(event, kinds.MappingStartEvent | kinds.SequenceStartEvent)
            if not is_end and counts[-1] is not None:
                counts[-1] += 1
            if is_end:
                counts.append(0 if isinstance(event, kinds.MappingStartEvent) else None)
    except (MarkedYAMLError, ReaderError):
        return None
    return found


def _events_of(parser: Any, end: type) -> Iterator[Any]:
    while True:
        event = parser.get_event()
        yield event
        if isinstance(event, end):
            return


def _separates(found: Invisible, line: str) -> bool:
    """Whether a character separates what YAML separates by spaces, judged by its line alone."""
    parts = _SEPARATOR.match(line)
    if parts is None:
        return False
    return any(
        start <= found.column < end
        for start, end in (parts.span(name) for name in ("margin", "dashes", "key", "after"))
    )


def _report(
    found: Sequence[Invisible], lines: Sequence[str], places: SourcePositions, diagnostics: Diagnostics
) -> None:
    first = found[0]
    fix: list[Edit] = []
    for run in _runs(found):
        span = places.stretch(run[0].line, run[0].column, len(run))
        new = "".join(_replacement(one, lines[one.line]) for one in run)
        fix.append(Edit(span, new, "".join(one.char for one in run)))
    count = len({one.line for one in found})
    diagnostic = INVISIBLE_CHARACTER.at(
        fix[0].span,
        fix=tuple(fix),
        detail=INVISIBLE_CHARACTER.detail + _MORE_LINES if count > 1 else None,
        hint=None if fix[0].replacement else "Remove it; quote a text that needs the character.",
        name=_name(first.char),
        title=_title(first.char),
        code_point=f"U+{ord(first.char):04X}",
        count=count,
    )
    diagnostics.add(replace(diagnostic, related=_also_here(edit.span for edit in fix[1:_MOST_PLACES])))


def _warn(found: Sequence[Invisible], places: SourcePositions, diagnostics: Diagnostics) -> None:
    first, *others = [places.stretch(one.line, one.column) for one in found]
    diagnostic = INVISIBLE_CHARACTER.at(
        first,
        severity=Severity.WARNING,
        summary="{title} in a value",
        detail="The value contains a {name} ({code_point}), which editors do not show.",
        hint="Remove it, or quote the value if the character belongs to it.",
        name=_name(found[0].char),
        title=_title(found[0].char),
        code_point=f"U+{ord(found[0].char):04X}",
    )
    diagnostics.add(replace(diagnostic, related=_also_here(others[: _MOST_PLACES - 1])))


def _also_here(spans: Iterable[Span]) -> tuple[tuple[str, Span], ...]:
    return tuple(("also here", span) for span in spans)


def _title(char: str) -> str:
    name = _name(char)
    return name[0].upper() + name[1:]


def _name(char: str) -> str:
    import unicodedata

    return _NAMES.get(char) or unicodedata.name(char, "invisible character").lower()


def _visible(text: str) -> str:
    return _ANY.sub("", text).strip()


def _without(line: str, found: Sequence[Invisible]) -> str:
    chars = list(line)
    for one in found:
        if one.column < len(chars):
            chars[one.column] = _replacement(one, line)
    return "".join(chars)


def _replacement(found: Invisible, line: str) -> str:
    """What to write instead; a full-width space in the indentation is as wide as two.

    A character without width is removed, unless it stands in the place of the space after a dash or colon.
    """
    if not found.is_space:
        follows = line[found.column + 1 : found.column + 2]
        is_separator = _BEFORE_VALUE.fullmatch(line[: found.column]) and follows.strip()
        return " " if is_separator and not _ANY.match(follows) else ""
    return "  " if found.char == _FULL_WIDTH and not _visible(line[: found.column]) else " "


def _runs(found: Sequence[Invisible]) -> list[list[Invisible]]:
    """The characters, those that stand side by side together."""
    runs: list[list[Invisible]] = []
    for one in found:
        last = runs[-1][-1] if runs else None
        if last is not None and (last.line, last.column + 1) == (one.line, one.column):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _by_line(found: Sequence[Invisible]) -> dict[int, list[Invisible]]:
    by_line: dict[int, list[Invisible]] = {}
    for one in found:
        by_line.setdefault(one.line, []).append(one)
    return by_line
