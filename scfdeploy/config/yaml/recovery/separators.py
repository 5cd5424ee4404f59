"""Find lines that are meant as `key: value` but lack the colon or the space, or have a wrong or second colon."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.config.yaml.nodes import Entry, Node, ScalarNode, Style, entries_below
from scfdeploy.config.yaml.recovery.indent import YAML_INDENTATION
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of, quote_range, shift, value_end
from scfdeploy.config.yaml.recovery.quoting import YAML_UNQUOTED
from scfdeploy.config.yaml.recovery.wrapping import is_key_of_block
from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml

YAML_COLON = Finding(
    "yaml-colon",
    Severity.ERROR,
    "Missing colon",
    detail="This line is in the place of a key, and a key ends with a colon.",
    hint="Write `{key}: …`, or indent the line if it belongs to the value above.",
    title="A key without a colon, or with an invalid one.",
    what="The colon after a key is missing, has no space after it, or is the full-width colon of a Chinese keyboard.",
    why="YAML reads the whole line as one text. The rest of the file is read as if the line were corrected, so that "
    "its other mistakes are reported in the same run.",
    wrong=yaml("timeout:10\nmemorySize：128"),
    right=yaml("timeout: 10\nmemorySize: 128"),
)

_NO_SPACE = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[\w.-]+)\s*:)(?!//)(?P<value>[^\s:].*)$")
_WIDE = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[^\s:：#'\"]+)\s*)：(?P<space>\s*)")
_TWO = re.compile(r"(?P<head>\s*(?:- +)*[^\s:#'\"][^:#]*:\s+)(?P<value>(?=[^'\"\[{#\s]).*?:(\s|$).*)")
_BRACKET = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[A-Za-z_][\w.-]*))\s+[\[{].*$")
_WORD = re.compile(r"\s*(?:- +)*(?P<word>[^\s:#'\"&*!|>\[\]{},-](?:[^:#]*[^\s:#])?)\s*(#.*)?$")
_HAS_VALUE = re.compile(r"\s*(?:- +)*(?P<key>[^\s:#]+)\s*:\s+(?P<value>[^\s#&!|>].*)$")
_TEXT_KEYS = ("description", "argument")
"""Keys whose value can be a text of several lines with colons."""
_OF_SOURCE = re.compile(r"\s*(?:exclude|include|bucket|hook|dist|build|targetDir)\s*:")


def find_unclear_key(failure: ParseFailure) -> Mistake | None:
    """A line whose key the parser cannot recognize."""
    candidates: tuple[int, ...]
    if "could not find expected ':'" in failure.problem:
        candidates = (failure.context_line,)
    elif "mapping values are not allowed" in failure.problem:
        candidates = (failure.line_before(failure.line), failure.line)
    else:
        # After a comment, the value above has ended, so the parser stops at the column of this line.
        is_source = _OF_SOURCE.match(failure.text(failure.line)) and failure.column == indent_of(
            failure.text(failure.line)
        )
        nested = _find_nested_line(failure) if is_source else None
        return nested if nested is not None and nested.is_fix else None
    for line in candidates:
        mistake = _find_wide_colon(failure, line) or _find_no_space(failure, line) or _find_bracket(failure, line)
        if mistake is not None:
            return mistake
    if len(candidates) == 1:
        return _find_no_colon(failure, failure.context_line)
    return _find_second_colon(failure) or _find_nested_line(failure) or _find_no_colon(failure, candidates[0])


def _find_wide_colon(failure: ParseFailure, line: int) -> Mistake | None:
    text = failure.text(line)
    match = _WIDE.match(text)
    if match is None:
        return None
    space = "" if match["space"] else " "
    at = match.end("head")
    diagnostic = YAML_COLON.at(
        None,
        summary="Full-width colon after a key",
        detail="YAML accepts only the ASCII colon.",
        hint="Write `{key}: ` with an ASCII colon and a space.",
        key=match["key"],
    )
    repaired = {line: text[:at] + ":" + space + text[at + 1 :]}
    return Mistake(diagnostic, line, at, 1, repaired, [(line, at + 1)] if space else [], is_fix=True)


def _find_no_space(failure: ParseFailure, line: int) -> Mistake | None:
    text = failure.text(line)
    match = _NO_SPACE.match(text)
    if match is None:
        return None
    at = match.end("head")
    diagnostic = YAML_COLON.at(
        None,
        summary="No space after the colon",
        detail='A key ends with a colon and a space; "{text}" is read as one text.',
        hint="Write `{key}: {value}`.",
        text=text[: value_end(text, 0)].strip(),
        key=match["key"],
        value=match["value"][: value_end(match["value"], 0)],
    )
    return Mistake(diagnostic, line, at - 1, 1, {line: text[:at] + " " + text[at:]}, [(line, at)], is_fix=True)


def find_first_joined_key(failure: ParseFailure) -> Mistake | None:
    """The first of several lines that lack the space after the colon, if a comment ends their text."""
    column = indent_of(failure.text(failure.line))
    first = line = failure.line
    if "did not find expected key" not in failure.problem or failure.column != column:
        return None
    while line >= 0 and _NO_SPACE.match(failure.text(line)) and indent_of(failure.text(line)) == column:
        first, line = line, failure.line_before(line)
    return _find_no_space(failure, first) if first < failure.line else None


def find_joined_keys(node: Node, lines: Sequence[str]) -> list[Mistake]:
    """Lines below a key that all lack the space after the colon, which YAML reads as one text."""
    unparsed = ParseFailure(lines, "", 0, 0, "", 0, 0)
    mistakes = [mistake for entry in entries_below(node) for mistake in _joined_keys(entry, unparsed)]
    return sorted(mistakes, key=lambda mistake: mistake.line)


def _joined_keys(entry: Entry, unparsed: ParseFailure) -> list[Mistake]:
    value, first = entry.value, entry.value.span.start.line - 1
    if not isinstance(value, ScalarNode) or value.style is not Style.PLAIN or first < entry.key.span.end.line:
        return []
    if entry.key.text in _TEXT_KEYS:
        return []
    numbers = [line for line in range(first, value.span.end.line) if unparsed.has_content(line)]
    found = [mistake for line in numbers if (mistake := _find_no_space(unparsed, line)) is not None]
    return found if len(found) == len(numbers) > 1 else []


def _find_bracket(failure: ParseFailure, line: int) -> Mistake | None:
    """A key without a colon before a bracket."""
    text = failure.text(line)
    match = _BRACKET.match(text)
    if match is None:
        return None
    at = match.end("head")
    diagnostic = YAML_COLON.at(
        None,
        detail="The word before the bracket is a key, and a key ends with a colon.",
        hint="Write `{key}: …`.",
        key=match["key"],
    )
    repaired = {line: text[:at] + ":" + text[at:]}
    return Mistake(diagnostic, line, match.start("key"), len(match["key"]), repaired, [(line, at)])


def _find_second_colon(failure: ParseFailure) -> Mistake | None:
    text = failure.text(failure.line)
    match = _TWO.match(text[: value_end(text, 0)])  # without a comment, which can contain colons
    if match is None or match.end("head") > failure.column:
        return None
    start = match.end("head")
    end = value_end(text, start)
    repaired, inserted = quote_range(failure, failure.line, start, end)
    diagnostic = YAML_UNQUOTED.at(
        None,
        summary="Value with a colon needs quotes",
        detail="A colon followed by a space begins a value, and a line can have only one.",
        hint="Quote the value, or put each key on a line of its own.",
    )
    return Mistake(diagnostic, failure.line, start, end - start, repaired, inserted)


def _find_nested_line(failure: ParseFailure) -> Mistake | None:
    """A line that is indented under a key that has a value."""
    above = failure.line_before(failure.line)
    match = _HAS_VALUE.match(failure.text(above))
    column = indent_of(failure.text(failure.line))
    if match is None or column <= indent_of(failure.text(above)):
        return None
    diagnostic = YAML_INDENTATION.at(
        None,
        summary="Indented under a key that has a value",
        detail='"{key}" in line {line} already has a value, so nothing can be nested under it.',
        hint="Start this line in the same column as the one above, or move that value below: `src:` and in the next "
        "line `  src: …`."
        if match["key"] == "src"
        else "Start this line in the same column as the one above.",
        key=match["key"],
        line=above + 1,
    )
    length = max(value_end(failure.text(failure.line), column) - column, 1)
    start = match.start("value")
    replacement = (above, match.end("key"), above, start, f":\n{' ' * column}src: ")
    is_fix = match["key"] == "src" and _is_block_of_source(failure, above, column)
    if match["key"] == "src" and _is_inner_source(failure, above):
        return shift(failure, diagnostic, failure.line, [above], column - match.start("key"))
    by = match.start("key") - column
    if not is_fix and abs(by) == 1:
        return shift(failure, diagnostic, failure.line, _lines_as_deep(failure, column), by)
    return Mistake(diagnostic, failure.line, column, length, replacement=replacement if is_fix else None, is_fix=is_fix)


def _is_inner_source(failure: ParseFailure, line: int) -> bool:
    """Whether a path as `src` stands below an empty `src` in the same column: it belongs into that block."""
    above = failure.text(failure.line_before(line))
    return re.fullmatch(r"\s*src\s*:\s*(#.*)?", above) is not None and indent_of(above) == indent_of(failure.text(line))


def _is_block_of_source(failure: ParseFailure, above: int, column: int) -> bool:
    """Whether the lines below a path as `src` can only be those of a block `src` around it."""
    margin, outer = indent_of(failure.text(above)), above
    while outer >= 0 and indent_of(failure.text(outer)) >= margin:
        outer = failure.line_before(outer)
    if failure.text(above).lstrip().startswith("-") or re.match(r"\s*(- +)*src\s*:", failure.text(outer)):
        return False
    for line in range(failure.line, len(failure.lines)):
        text = failure.text(line)
        if failure.has_content(line) and indent_of(text) < column:
            break
        is_item = text.lstrip().startswith("- ")
        if indent_of(text) == column and text.strip() and not is_item and not _OF_SOURCE.match(text):
            return False
    return True


def _lines_as_deep(failure: ParseFailure, column: int) -> range:
    """The line at which the parser stopped, and those below that are as deep."""
    last = failure.line
    while last + 1 < len(failure.lines) and indent_of(failure.text(last + 1)) >= column:
        last += 1
    return range(failure.line, last + 1)


def _find_no_colon(failure: ParseFailure, line: int) -> Mistake | None:
    match = _WORD.match(failure.text(line))
    if match is None:
        return None
    word = match["word"]
    diagnostic = YAML_COLON.at(None, key=word.split()[0])
    text, end = failure.text(line), match.end("word")
    is_fix = is_key_of_block(failure, line)
    repaired = {line: f"{text[:end]}:{text[end:]}"} if is_fix else {}
    inserted = [(line, end)] if is_fix else []
    return Mistake(diagnostic, line, match.start("word"), len(word), repaired, inserted, is_fix=is_fix)
