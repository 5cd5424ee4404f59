"""Which findings are listed one by one: a file with a hundred thousand mistakes of one kind is not shown as a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic

MOST_OF_A_KIND = 1000
LONGEST = 4000


def listed(found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """The first thousand of each rule in each file, and one finding of the same rule that counts those left out.

    A finding that quotes a very long value is cut.
    """
    found = [_shortened(one) for one in found]
    if len(found) <= MOST_OF_A_KIND:
        return found
    kept: list[Diagnostic] = []
    counts = Counter(_kind(one) for one in found)
    seen: Counter[tuple[object, ...]] = Counter()
    for one in found:
        kind = _kind(one)
        seen[kind] += 1
        if seen[kind] <= MOST_OF_A_KIND:
            kept.append(one)
        elif seen[kind] == MOST_OF_A_KIND + 1:
            kept.append(_rest(one, counts[kind] - MOST_OF_A_KIND))
    return kept


def _shortened(found: Diagnostic) -> Diagnostic:
    if max(len(found.summary), len(found.detail), len(found.hint or "")) <= LONGEST:
        return found
    hint = _cut(found.hint) if found.hint is not None else None
    return replace(found, summary=_cut(found.summary), detail=_cut(found.detail), hint=hint)


def _cut(text: str) -> str:
    more = len(text) - LONGEST
    return f"{text[:LONGEST]}… ({more} more characters)" if more > 0 else text


def _kind(found: Diagnostic) -> tuple[object, ...]:
    return (found.rule, found.severity, found.subject.file if found.subject is not None else None)


def _rest(first: Diagnostic, number: int) -> Diagnostic:
    return replace(
        first,
        summary=f"{first.summary} (and {number - 1} more)" if number > 1 else first.summary,
        detail=f"{number} findings of this rule in this file, from here on, are not listed one by one.",
        hint="Mend those that are listed, and run this again.",
        related=(),
        fix=(),
    )
