"""Match findings with the comments that suppress them, and report comments that have no effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from scfdeploy.config.suppressions import (
    SUPPRESSION_BARE,
    SUPPRESSION_UNKNOWN,
    SUPPRESSION_UNUSED,
    Suppression,
    read_suppressions,
)
from scfdeploy.diagnostics import Diagnostic, did_you_mean


class Suppressions:
    """The ignore comments of all files."""

    def __init__(self, comments: tuple[Suppression, ...] = ()) -> None:
        self.comments = comments

    def matches(self, finding: Diagnostic) -> bool:
        """Whether a comment on the line of a finding names its rule."""
        subject = finding.subject
        return subject is not None and (finding.rule, subject.file, subject.start.line) in self._suppressed

    def diagnostics(
        self, findings: Iterable[Diagnostic], *, known: Collection[str], active: Collection[str]
    ) -> Iterator[Diagnostic]:
        """Problems of the comments. `findings` are all findings, including the suppressed ones.

        A comment for a rule that is not `active` in this run is not reported as unused.
        """
        places = {
            (finding.rule, finding.subject.file, finding.subject.start.line)
            for finding in findings
            if finding.subject is not None
        }
        for comment in self.comments:
            if not comment.names:
                yield SUPPRESSION_BARE.at(comment.span)
            for name, span in comment.names:
                if name not in known:
                    yield SUPPRESSION_UNKNOWN.at(span, hint=did_you_mean(name, known), name=name)
                elif (name, span.file, comment.line) not in places and name in active:
                    yield SUPPRESSION_UNUSED.at(span, name=name, line=comment.line)

    @cached_property
    def _suppressed(self) -> frozenset[tuple[str, str, int]]:
        return frozenset(
            (name, comment.span.file, comment.line) for comment in self.comments for name, _ in comment.names
        )


def suppressions_in(sources: Mapping[str, str]) -> Suppressions:
    """Read the ignore comments of all files."""
    return Suppressions(tuple(comment for file, text in sources.items() for comment in read_suppressions(text, file)))
