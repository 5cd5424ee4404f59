"""Report YAML syntax errors in plain words, and repair the text in memory so that reading can continue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ruamel.yaml.reader import ReaderError

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.recovery.artifacts import find_conflict, find_placeholder, find_tab
from scfdeploy.config.yaml.recovery.indent import find_indentation
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure
from scfdeploy.config.yaml.recovery.quoting import find_bracket, find_quote, find_unquoted
from scfdeploy.config.yaml.recovery.separators import find_unclear_key
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity
from scfdeploy.diagnostics.page import yaml

YAML_SYNTAX = Finding(
    "yaml-syntax",
    Severity.ERROR,
    "Invalid YAML",
    detail="The file cannot be read beyond this place: {problem}.",
    hint="Check this line and the one above: indentation, colons, quotes and brackets.",
    title="A file that is not valid YAML.",
    what="The parser stopped here, for a reason that has no page of its own.",
    why="The rest of the file cannot be read.",
    wrong=yaml("name: [hello\ninputs: ]"),
    right=yaml("name: hello\ninputs: {}"),
)
YAML_CHARACTER = Finding(
    "yaml-character",
    Severity.ERROR,
    "Control character",
    detail="YAML does not allow this control character, which editors do not show.",
    hint="Remove it.",
    title="A character that YAML does not allow.",
    what="The file contains a control character, which editors do not show.",
    why="YAML rejects the whole file.",
    wrong="A NUL or an escape character that was pasted with other text.",
    right="The same text typed again.",
)


def report_and_repair(error: Exception, lines: list[str], *, places: SourcePositions, diagnostics: Diagnostics) -> bool:
    """Report what made the parser stop and change `lines` to what was meant; False where that is not certain."""
    if isinstance(error, ReaderError):
        mistake = _bad_character("\n".join(lines)[: error.position])
    else:
        mistake = explain(_broken(lines, error))
    diagnostics.add(
        replace(
            mistake.diagnostic,
            subject=places.stretch(mistake.line, mistake.column, mistake.length),
            fix=_fix_edits(mistake, lines, places) if mistake.is_fix else (),
        )
    )
    for line, repaired in mistake.repaired.items():
        lines[line] = repaired
    for line, column in mistake.inserted:
        places.insert(line, column)
    return bool(mistake.repaired)


def _fix_edits(mistake: Mistake, lines: list[str], places: SourcePositions) -> tuple[Edit, ...]:
    """What the mending changes, as edits of the file."""
    edits = []
    for line, repaired in mistake.repaired.items():
        written = lines[line]
        start = _alike(written, repaired)
        rest = _alike(written[start:][::-1], repaired[start:][::-1])
        span = places.stretch(line, start, len(written) - rest - start)
        edits.append(Edit(span, repaired[start : len(repaired) - rest], written[start : len(written) - rest]))
    return tuple(edits)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _broken(lines: list[str], error: Any) -> ParseFailure:
    problem = error.problem_mark
    context = error.context_mark if error.context_mark is not None else problem
    return ParseFailure(
        lines,
        str(error.problem or ""),
        problem.line,
        problem.column,
        str(error.context or ""),
        context.line,
        context.column,
    )


def _bad_character(before: str) -> Mistake:
    return Mistake(
        YAML_CHARACTER.at(None),
        before.count("\n"),
        len(before) - (before.rfind("\n") + 1),
        1,
    )


_SEARCHES: tuple[Callable[[ParseFailure], Mistake | None], ...] = (
    find_conflict,
    find_tab,
    find_placeholder,
    find_quote,
    find_unquoted,
    find_bracket,
    find_unclear_key,
    find_indentation,
)


def explain(failure: ParseFailure) -> Mistake:
    """The mistake that made the parser stop."""
    for search in _SEARCHES:
        found = search(failure)
        if found is not None:
            return found
    return Mistake(
        YAML_SYNTAX.at(None, problem=_plain(failure)),
        failure.line,
        failure.column,
        1,
    )


def _plain(failure: ParseFailure) -> str:
    words = f"{failure.context}, {failure.problem}" if failure.context else failure.problem
    return words.strip().rstrip(".")
