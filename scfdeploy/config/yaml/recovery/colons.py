"""Read texts with colons between brackets, such as `[cos:ObjectCreated:*]`, which only the C parser rejects."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.recovery.mistake import ParseFailure, quote_range

_PROBLEM = "found unexpected ':'"
_END = re.compile(r"\s*[,\[\]{}]|:(?=\s|$)|\s+#|\s*$")


def quote_colons(failure: ParseFailure, lines: list[str], positions: SourcePositions) -> bool:
    """Quote the text at which the parser stopped, which is no mistake. Whether `lines` are changed.

    A key such as `{timeout:3}` is left alone: it lacks the space after its colon.
    """
    line, start = failure.context_line, failure.context_column
    if _PROBLEM not in failure.problem or line != failure.line or not _is_value(failure.text(line)[:start]):
        return False
    end = _END.search(failure.text(line), start)
    if end is None or end[0].strip() in ("[", "{", ":"):
        return False
    repaired, inserted = quote_range(failure, line, start, end.start())
    for number, text in repaired.items():
        lines[number] = text
    for number, column in inserted:
        positions.insert(number, column)
    return bool(repaired)


def _is_value(before: str) -> bool:
    """Whether a value follows this part of a line: after a colon, or in a list between brackets."""
    opened: list[str] = []
    for mark in re.findall(r"[\[\]{}]", before):
        if mark in "[{":
            opened.append(mark)
        elif opened:
            opened.pop()
    return before.rstrip().endswith(":") or opened[-1:] == ["["]
