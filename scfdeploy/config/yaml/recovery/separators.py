"""Lines that were meant as `key: value` and are not: no blank, no colon, a wide colon, or two colons."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.recovery.indent import YAML_INDENTATION
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of, quote_range, value_end
from scfdeploy.config.yaml.recovery.quoting import YAML_UNQUOTED
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

_UNDER_SRC = (
    "Start this line in the same column as the one above, or move that value below: `src:` and in the next line "
    "`  src: …`."
)
_NO_BLANK = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[\w.-]+)\s*:)(?!//)(?P<value>[^\s:].*)$")
_WIDE = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[^\s:：#'\"]+)\s*)：(?P<blank>\s*)")
_TWO = re.compile(r"(?P<head>\s*(?:- +)*[^\s:#'\"][^:#]*:\s+)(?P<value>(?=[^'\"\[{#\s]).*?:(\s|$).*)")
_BRACKET = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[A-Za-z_][\w.-]*))\s+[\[{].*$")
_WORD = re.compile(r"\s*(?:- +)*(?P<word>[^\s:#'\"&*!|>\[\]{},-][^:#]*?)\s*(#.*)?$")
_HAS_VALUE = re.compile(r"\s*(?:- +)*(?P<key>[^\s:#]+)\s*:\s+(?P<value>[^\s#&!|>].*)$")


def find_unclear_key(failure: ParseFailure) -> Mistake | None:
    """The line that should have been a key, and what it lacks."""
    suspects: tuple[int, ...]
    if "could not find expected ':'" in failure.problem:
        suspects = (failure.context_line,)
    elif "mapping values are not allowed" in failure.problem:
        suspects = (failure.line_before(failure.line), failure.line)
    else:
        return None
    for line in suspects:
        found = _wide_colon(failure, line) or _no_blank(failure, line) or _no_colon_before_bracket(failure, line)
        if found is not None:
            return found
    if len(suspects) == 1:
        return _no_colon(failure, failure.context_line)
    return _two_colons(failure) or _under_a_value(failure) or _no_colon(failure, suspects[0])


def _wide_colon(failure: ParseFailure, line: int) -> Mistake | None:
    text = failure.text(line)
    found = _WIDE.match(text)
    if found is None:
        return None
    blank = "" if found["blank"] else " "
    at = found.end("head")
    return Mistake(
        YAML_COLON.at(
            None,
            summary="Full-width colon after a key",
            detail="YAML accepts only the ASCII colon.",
            hint="Write `{key}: ` with an ASCII colon and a space.",
            key=found["key"],
        ),
        line,
        at,
        1,
        {line: text[:at] + ":" + blank + text[at + 1 :]},
        [(line, at + 1)] if blank else [],
        is_fix=True,
    )


def _no_blank(failure: ParseFailure, line: int) -> Mistake | None:
    text = failure.text(line)
    found = _NO_BLANK.match(text)
    if found is None:
        return None
    at = found.end("head")
    return Mistake(
        YAML_COLON.at(
            None,
            summary="No space after the colon",
            detail='A key ends with a colon and a space; "{text}" is read as one text.',
            hint="Write `{key}: {value}`.",
            text=text.strip(),
            key=found["key"],
            value=found["value"][: value_end(found["value"], 0)],
        ),
        line,
        at - 1,
        1,
        {line: text[:at] + " " + text[at:]},
        [(line, at)],
        is_fix=True,
    )


def _no_colon_before_bracket(failure: ParseFailure, line: int) -> Mistake | None:
    text = failure.text(line)
    found = _BRACKET.match(text)
    if found is None:
        return None
    at = found.end("head")
    return Mistake(
        YAML_COLON.at(
            None,
            detail="The word before the bracket is a key, and a key ends with a colon.",
            hint="Write `{key}: …`.",
            key=found["key"],
        ),
        line,
        found.start("key"),
        len(found["key"]),
        {line: text[:at] + ":" + text[at:]},
        [(line, at)],
    )


def _two_colons(failure: ParseFailure) -> Mistake | None:
    text = failure.text(failure.line)
    found = _TWO.match(text[: value_end(text, 0)])  # a colon in the comment is none
    if found is None or found.end("head") > failure.column:
        return None
    start = found.end("head")
    end = value_end(text, start)
    repaired, inserted = quote_range(failure, failure.line, start, end)
    return Mistake(
        YAML_UNQUOTED.at(
            None,
            summary="Value with a colon needs quotes",
            detail="A colon followed by a space begins a value, and a line can have only one.",
            hint="Quote the value, or put each key on a line of its own.",
        ),
        failure.line,
        start,
        end - start,
        repaired,
        inserted,
    )


def _under_a_value(failure: ParseFailure) -> Mistake | None:
    above = failure.line_before(failure.line)
    found = _HAS_VALUE.match(failure.text(above))
    column = indent_of(failure.text(failure.line))
    if found is None or column <= indent_of(failure.text(above)):
        return None
    return Mistake(
        YAML_INDENTATION.at(
            None,
            summary="Indented under a key that has a value",
            detail='"{key}" in line {line} already has a value, so nothing can be nested under it.',
            hint=_UNDER_SRC if found["key"] == "src" else "Start this line in the same column as the one above.",
            key=found["key"],
            line=above + 1,
        ),
        failure.line,
        column,
        max(value_end(failure.text(failure.line), column) - column, 1),
    )


def _no_colon(failure: ParseFailure, line: int) -> Mistake | None:
    found = _WORD.match(failure.text(line))
    if found is None:
        return None
    return Mistake(
        YAML_COLON.at(None, key=found["word"].split()[0]),
        line,
        found.start("word"),
        len(found["word"]),
    )
