"""Which findings are listed one by one: a file with a hundred thousand mistakes of one kind is not shown as a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic

MAX_PER_RULE = 1000
MAX_TEXT_LENGTH = 4000


def truncated(found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """The first thousand of each rule in each file, and one finding of the same rule that counts those left out.

    A finding that quotes a very long value is cut.
    """
    found = [_shortened(one) for one in found]
    if len(found) <= MAX_PER_RULE:
        return found
    kept: list[Diagnostic] = []
    counts = Counter(_kind(one) for one in found)
    seen: Counter[tuple[object, ...]] = Counter()
    for one in found:
        kind = _kind(one)
        seen[kind] += 1
        if seen[kind] <= MAX_PER_RULE:
            kept.append(one)
        elif seen[kind] == MAX_PER_RULE + 1:
            kept.append(_rest(one, counts[kind] - MAX_PER_RULE))
    return kept


def _shortened(found: Diagnostic) -> Diagnostic:
    if max(len(found.summary), len(found.detail), len(found.hint or "")) <= MAX_TEXT_LENGTH:
        return found
    hint = _cut(found.hint) if found.hint is not None else None
    return replace(found, summary=_cut(found.summary), detail=_cut(found.detail), hint=hint)


def _cut(text: str) -> str:
    more = len(text) - MAX_TEXT_LENGTH
    return f"{text[:MAX_TEXT_LENGTH]}… ({more} more characters)" if more > 0 else text


def _kind(found: Diagnostic) -> tuple[object, ...]:
    return (found.rule, found.severity, found.subject.file if found.subject is not None else None)


def _rest(first: Diagnostic, number: int) -> Diagnostic:
    return replace(
        first,
        summary=f"{first.summary} (and {number - 1} more)" if number > 1 else first.summary,
        detail=f"{number} findings of this rule in this file, from here on, are not listed one by one.",
        hint="Fix the listed findings, then run this again.",
        related=(),
        fix=(),
    )
