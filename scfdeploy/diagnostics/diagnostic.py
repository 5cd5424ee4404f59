"""Diagnostics and the list that a stage collects them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from scfdeploy.diagnostics.messages import in_english
from scfdeploy.diagnostics.span import Span
from scfdeploy.diagnostics.suggestions import Edit
from scfdeploy.records import dataclass, replace

if TYPE_CHECKING:
    from scfdeploy.diagnostics.finding import Declaration


class Severity(StrEnum):
    """How serious a diagnostic is. An error stops the command before it changes anything in the cloud."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, worded for users."""

    rule: str
    """Id of the finding or rule."""
    severity: Severity
    summary: str
    """A short title, without names chosen by the user where possible."""
    detail: str = ""
    """What is wrong and why, in sentences."""
    subject: Span | None = None
    code: str | None = None
    """The cloud's error code for the same mistake, if there is one."""
    address: str | None = None
    """The address of the resource."""
    hint: str | None = None
    """What to do."""
    related: tuple[tuple[str, Span], ...] = ()
    """Other positions of interest, each with a label."""
    fix: tuple[Edit, ...] = ()
    """Edits that are applied together and are safe without review."""

    def in_english(self) -> Diagnostic:
        """The finding with the English originals of its texts, for programs."""
        return replace(
            self,
            summary=in_english(self.summary),
            detail=in_english(self.detail),
            hint=None if self.hint is None else in_english(self.hint),
            related=tuple((in_english(text), span) for text, span in self.related),
        )


class Diagnostics:
    """The diagnostics of one stage, in the order of reporting."""

    __slots__ = ("_diagnostics",)

    def __init__(self, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self._diagnostics: list[Diagnostic] = list(diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._diagnostics)

    def __len__(self) -> int:
        return len(self._diagnostics)

    def __repr__(self) -> str:
        return f"Diagnostics({self._diagnostics!r})"

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic."""
        self._diagnostics.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the diagnostics of another stage."""
        self._diagnostics.extend(diagnostics)

    def report(  # noqa: PLR0913 - the fields of a diagnostic
        self,
        finding: Declaration,
        span: Span | None,
        /,
        *,
        address: str | None = None,
        fix: tuple[Edit, ...] = (),
        code: str | None = None,
        severity: Severity | None = None,
        detail: str | None = None,
        hint: str | None = None,
        summary: str | None = None,
        related: tuple[tuple[str, Span], ...] = (),
        **values: object,
    ) -> None:
        """Add a finding at `span`; arguments as in `Declaration.at`."""
        self.add(
            finding.at(
                span, address=address, fix=fix, code=code, severity=severity, detail=detail, hint=hint, summary=summary,
                related=related, **values,
            )
        )  # fmt: skip

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self._diagnostics)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Sorted by file and position; those without a position come first."""
        return tuple(sorted(self._diagnostics, key=_sort_key))


def _sort_key(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.subject
    if span is None:
        return ("", 0, 0, diagnostic.rule)
    return (span.file, span.start.line, span.start.column, diagnostic.rule)
