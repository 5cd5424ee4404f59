"""Report syntax errors in plain language, and repair the text in memory so that parsing can continue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ruamel.yaml.reader import ReaderError

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.nodes import Node
from scfdeploy.config.yaml.recovery.artifacts import find_conflict, find_placeholder, find_tab, lines_without_content
from scfdeploy.config.yaml.recovery.colons import quote_colons
from scfdeploy.config.yaml.recovery.columns import find_key_column
from scfdeploy.config.yaml.recovery.indent import find_indentation
from scfdeploy.config.yaml.recovery.lists import find_item
from scfdeploy.config.yaml.recovery.masked import find_masked
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure
from scfdeploy.config.yaml.recovery.quoting import find_bracket, find_quote, find_unquoted
from scfdeploy.config.yaml.recovery.separators import find_first_joined_key, find_joined_keys, find_unclear_key
from scfdeploy.config.yaml.recovery.surrogates import join_surrogates
from scfdeploy.config.yaml.recovery.wrapping import find_wrapped_line, separator
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import replace

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


def report_and_repair(
    error: Exception, lines: list[str], *, positions: SourcePositions, diagnostics: Diagnostics
) -> bool:
    """Report why the parser stopped, and repair `lines`. False when the repair is uncertain and was not made."""
    if isinstance(error, ReaderError):
        before = "\n".join(lines)[: error.position]
        column = len(before) - (before.rfind("\n") + 1)
        mistake = Mistake(YAML_CHARACTER.at(None), before.count("\n"), column, 1)
    else:
        failure = _failure(lines, error)
        mistake = explain(failure)
    _repair(mistake, lines, positions, diagnostics)
    return bool(mistake.repaired)


def _repair(mistake: Mistake, lines: list[str], positions: SourcePositions, diagnostics: Diagnostics) -> None:
    """Report a mistake, and correct `lines`."""
    diagnostics.add(
        replace(
            mistake.diagnostic,
            subject=positions.span_at(mistake.line, mistake.column, mistake.length),
            fix=_fix_edits(mistake, lines, positions) if mistake.is_fix else (),
        )
    )
    for line, repaired in mistake.repaired.items():
        lines[line] = repaired
    for line, count in mistake.removed.items():
        positions.remove(line, range(count))
    for line, column in mistake.inserted:
        positions.insert(line, column)


def repair_joined_keys(node: Node, lines: list[str], positions: SourcePositions, diagnostics: Diagnostics) -> bool:
    """Report keys without a space after the colon that were read as one text, and repair `lines`."""
    mistakes = find_joined_keys(node, lines)
    for mistake in mistakes:
        _repair(mistake, lines, positions, diagnostics)
    return bool(mistakes)


def read_unusual(error: Exception, lines: list[str], positions: SourcePositions) -> bool:
    """Change `lines` so that the parser reads what is no mistake. Whether it stopped at something of that kind.

    Lines of white space or a comment only, with a tab, are cleared; characters of two UTF-16 units become one escape;
    a text with colons between brackets is quoted.
    """
    if isinstance(error, ReaderError):
        return False
    failure = _failure(lines, error)
    cleared = lines_without_content(failure)
    for line in cleared:
        lines[line] = ""
    return bool(cleared) or join_surrogates(failure, lines, positions) or quote_colons(failure, lines, positions)


def _fix_edits(mistake: Mistake, lines: list[str], positions: SourcePositions) -> tuple[Edit, ...]:
    """The repair as edits of the file."""
    if mistake.replacement is not None:
        first, start, last, end, text = mistake.replacement
        span = positions.span(positions.position(first, start), positions.position(last, end))
        cut = len(lines[last]) - end
        written = "\n".join(lines[first : last + 1])
        return (Edit(span, text, written[start : len(written) - cut]),)
    if mistake.joined:
        return tuple(_join_edit(line, lines, positions) for line in mistake.joined)
    edits = []
    for line, repaired in mistake.repaired.items():
        original = lines[line]
        start = _common_length(original, repaired)
        rest = _common_length(original[start:][::-1], repaired[start:][::-1])
        span = positions.span_at(line, start, len(original) - rest - start)
        edits.append(Edit(span, repaired[start : len(repaired) - rest], original[start : len(original) - rest]))
    return tuple(edits)


def _join_edit(line: int, lines: list[str], positions: SourcePositions) -> Edit:
    """The edit that joins a line to the one above."""
    above, text = lines[line - 1].rstrip(), lines[line]
    column = len(text) - len(text.lstrip())
    span = positions.span(positions.position(line - 1, len(above)), positions.position(line, column))
    return Edit(span, separator(above, text), lines[line - 1][len(above) :] + "\n" + text[:column])


def _common_length(first: str, second: str) -> int:
    """The number of characters with which both texts begin."""
    shorter = min(len(first), len(second))
    return next((at for at in range(shorter) if first[at] != second[at]), shorter)


def _failure(lines: list[str], error: Any) -> ParseFailure:
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


_SEARCHES: tuple[Callable[[ParseFailure], Mistake | None], ...] = (
    find_conflict,
    find_tab,
    find_placeholder,
    find_masked,
    find_wrapped_line,
    find_quote,
    find_unquoted,
    find_bracket,
    find_first_joined_key,
    find_unclear_key,
    find_item,
    find_key_column,
    find_indentation,
)


def explain(failure: ParseFailure) -> Mistake:
    """The mistake that made the parser stop."""
    for search in _SEARCHES:
        mistake = search(failure)
        if mistake is not None:
            return mistake
    problem = f"{failure.context}, {failure.problem}" if failure.context else failure.problem
    return Mistake(YAML_SYNTAX.at(None, problem=problem.strip().rstrip(".")), failure.line, failure.column, 1)
