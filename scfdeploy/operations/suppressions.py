"""Suppress the findings that comments in the files name, and report comments that have no effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from scfdeploy.config.suppressions import (
    SUPPRESSION_BARE,
    SUPPRESSION_UNKNOWN,
    SUPPRESSION_UNUSED,
    Suppression,
    read_suppressions,
)
from scfdeploy.diagnostics import Diagnostic, Span, did_you_mean


@dataclass(frozen=True, slots=True)
class Suppressions:
    """What the comments of all files silence."""

    comments: tuple[Suppression, ...] = ()

    def keeps(self, found: Diagnostic) -> bool:
        """Whether a finding is to be shown."""
        return not any(name == found.rule for name, _ in self._about(found.subject))

    def diagnostics(
        self, found: Iterable[Diagnostic], known: Iterable[str], was_looked_for: Callable[[str], bool]
    ) -> Iterator[Diagnostic]:
        """What is wrong with the comments, given everything that was found before any was left out.

        A name that was not looked for this time may silence something another time, so it is not called useless.
        """
        ids = set(known)
        places = {(one.rule, one.subject.file, one.subject.start.line) for one in found if one.subject is not None}
        for comment in self.comments:
            if not comment.names:
                yield _bare(comment)
            for name, span in comment.names:
                if name not in ids:
                    yield _unknown(name, span, ids)
                elif (name, span.file, comment.line) not in places and was_looked_for(name):
                    yield _unused(name, span, comment)

    def _about(self, subject: Span | None) -> Iterator[tuple[str, Span]]:
        for comment in self.comments:
            if subject is not None and comment.line == subject.start.line and comment.span.file == subject.file:
                yield from comment.names


def suppressions_in(sources: Mapping[str, str]) -> Suppressions:
    """Read the comments of the files."""
    return Suppressions(tuple(one for file, text in sources.items() for one in read_suppressions(text, file)))


def _bare(comment: Suppression) -> Diagnostic:
    return SUPPRESSION_BARE.at(comment.span)


def _unknown(name: str, span: Span, ids: set[str]) -> Diagnostic:
    return SUPPRESSION_UNKNOWN.at(span, hint=did_you_mean(name, ids), name=name)


def _unused(name: str, span: Span, comment: Suppression) -> Diagnostic:
    return SUPPRESSION_UNUSED.at(span, name=name, line=comment.line)
