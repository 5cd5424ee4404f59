"""Lines that were meant as `key: value` and are not: no blank, no colon, a wide colon, or two colons."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.recovery.mistake import Broken, Mistake, indent_of, quoted, value_end

_NO_BLANK = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[\w.-]+)\s*:)(?!//)(?P<value>[^\s:].*)$")
_WIDE = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[^\s:：#'\"]+)\s*)：(?P<blank>\s*)")
_TWO = re.compile(r"(?P<head>\s*(?:- +)*[^\s:#'\"][^:#]*:\s+)(?P<value>(?=[^'\"\[{#\s]).*?:(\s|$).*)")
_BRACKET = re.compile(r"(?P<head>\s*(?:- +)*(?P<key>[A-Za-z_][\w.-]*))\s+[\[{].*$")
_WORD = re.compile(r"\s*(?:- +)*(?P<word>[^\s:#'\"&*!|>\[\]{},-][^:#]*?)\s*(#.*)?$")
_HAS_VALUE = re.compile(r"\s*(?:- +)*(?P<key>[^\s:#]+)\s*:\s+(?P<value>[^\s#&!|>].*)$")


def find_unclear_key(broken: Broken) -> Mistake | None:
    """The line that should have been a key, and what it lacks."""
    suspects: tuple[int, ...]
    if "could not find expected ':'" in broken.problem:
        suspects = (broken.context_line,)
    elif "mapping values are not allowed" in broken.problem:
        suspects = (broken.line_before(broken.line), broken.line)
    else:
        return None
    for line in suspects:
        found = _wide_colon(broken, line) or _no_blank(broken, line) or _no_colon_before_bracket(broken, line)
        if found is not None:
            return found
    if len(suspects) == 1:
        return _no_colon(broken, broken.context_line)
    return _two_colons(broken) or _under_a_value(broken) or _no_colon(broken, suspects[0])


def _wide_colon(broken: Broken, line: int) -> Mistake | None:
    text = broken.text(line)
    found = _WIDE.match(text)
    if found is None:
        return None
    blank = "" if found["blank"] else " "
    at = found.end("head")
    return Mistake(
        "yaml-colon",
        line,
        at,
        1,
        "Full-width colon after a key",
        "YAML knows only the narrow colon.",
        f"Write `{found['key']}: ` with a narrow colon and a blank.",
        {line: text[:at] + ":" + blank + text[at + 1 :]},
        [(line, at + 1)] if blank else [],
        is_cure=True,
    )


def _no_blank(broken: Broken, line: int) -> Mistake | None:
    text = broken.text(line)
    found = _NO_BLANK.match(text)
    if found is None:
        return None
    at = found.end("head")
    return Mistake(
        "yaml-colon",
        line,
        at - 1,
        1,
        "No blank after the colon",
        f'A key ends with a colon and a blank; "{text.strip()}" is read as one text.',
        f"Write `{found['key']}: {found['value'][: value_end(found['value'], 0)]}`.",
        {line: text[:at] + " " + text[at:]},
        [(line, at)],
        is_cure=True,
    )


def _no_colon_before_bracket(broken: Broken, line: int) -> Mistake | None:
    text = broken.text(line)
    found = _BRACKET.match(text)
    if found is None:
        return None
    at = found.end("head")
    return Mistake(
        "yaml-colon",
        line,
        found.start("key"),
        len(found["key"]),
        "No colon after a key",
        "The word before the bracket is a key, and a key ends with a colon.",
        f"Write `{found['key']}: …`.",
        {line: text[:at] + ":" + text[at:]},
        [(line, at)],
    )


def _two_colons(broken: Broken) -> Mistake | None:
    text = broken.text(broken.line)
    found = _TWO.match(text[: value_end(text, 0)])  # a colon in the comment is none
    if found is None or found.end("head") > broken.column:
        return None
    start = found.end("head")
    end = value_end(text, start)
    mended, inserted = quoted(broken, broken.line, start, end)
    return Mistake(
        "yaml-unquoted",
        broken.line,
        start,
        end - start,
        "Value with a colon needs quotes",
        "A colon followed by a blank begins a new value, and a line has room for one.",
        "Quote the value, or put each key on a line of its own.",
        mended,
        inserted,
    )


def _under_a_value(broken: Broken) -> Mistake | None:
    above = broken.line_before(broken.line)
    found = _HAS_VALUE.match(broken.text(above))
    column = indent_of(broken.text(broken.line))
    if found is None or column <= indent_of(broken.text(above)):
        return None
    key = found["key"]
    return Mistake(
        "yaml-indentation",
        broken.line,
        column,
        max(value_end(broken.text(broken.line), column) - column, 1),
        "Indented under a key that has a value",
        f'"{key}" in line {above + 1} has a value already, so nothing can stand below it.',
        "Start this line in the same column as the one above"
        + (f", or move that value below: `{key}:` and in the next line `  src: …`." if key == "src" else "."),
    )


def _no_colon(broken: Broken, line: int) -> Mistake | None:
    found = _WORD.match(broken.text(line))
    if found is None:
        return None
    return Mistake(
        "yaml-colon",
        line,
        found.start("word"),
        len(found["word"]),
        "No colon in this line",
        "The line stands where a key should be, and a key ends with a colon.",
        f"Write `{found['word'].split()[0]}: …`, or indent the line if it belongs to the value above.",
    )
