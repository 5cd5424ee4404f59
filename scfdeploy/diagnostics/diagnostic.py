"""A diagnostic, and the list in which a stage collects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scfdeploy.diagnostics.span import Span
from scfdeploy.diagnostics.suggestions import Edit

if TYPE_CHECKING:
    from scfdeploy.diagnostics.finding import Declaration


class Severity(StrEnum):
    """How serious a diagnostic is. An error stops the command before it changes anything in the cloud."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place, worded for users."""

    rule: str
    """Id of the finding, as in documentation and `--ignore`."""
    severity: Severity
    summary: str
    """A short title. Names nothing that a user chose, where that is possible."""
    detail: str = ""
    """What is wrong and why, in sentences."""
    subject: Span | None = None
    code: str | None = None
    """The cloud's documented error code for the same mistake, if there is one."""
    address: str | None = None
    """The address of the resource, as text."""
    hint: str | None = None
    """What to do."""
    related: tuple[tuple[str, Span], ...] = ()
    """Other positions of interest, each with a label."""
    fix: tuple[Edit, ...] = ()
    """Edits that belong together and are safe to apply without review."""


class Diagnostics:
    """The diagnostics of one stage, in the order in which they were reported."""

    __slots__ = ("_diagnostics",)

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        self._diagnostics: list[Diagnostic] = list(found)

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

    def report(  # noqa: PLR0913 - what a diagnostic consists of
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
        """Add a finding at `span`; the arguments are those of `Finding.at`."""
        self.add(
            finding.at(
                span, address=address, fix=fix, code=code, severity=severity, detail=detail, hint=hint, summary=summary,
                related=related, **values,
            )
        )  # fmt: skip

    def error(
        self,
        rule: str,
        subject: Span | None,
        summary: str,
        *,
        detail: str = "",
        hint: str | None = None,
        code: str | None = None,
        address: str | None = None,
        fix: tuple[Edit, ...] = (),
    ) -> None:
        """Add an error; the words as in `Diagnostic`."""
        self.add(Diagnostic(rule, Severity.ERROR, summary, detail, subject, code, address, hint, fix=fix))

    def warning(
        self,
        rule: str,
        subject: Span | None,
        summary: str,
        *,
        detail: str = "",
        hint: str | None = None,
        code: str | None = None,
        address: str | None = None,
        fix: tuple[Edit, ...] = (),
    ) -> None:
        """Add a warning; the words as in `Diagnostic`."""
        self.add(Diagnostic(rule, Severity.WARNING, summary, detail, subject, code, address, hint, fix=fix))

    @property
    def has_errors(self) -> bool:
        """Whether one of them is an error."""
        return any(found.severity is Severity.ERROR for found in self._diagnostics)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """In the order of files and positions; those without a position come first."""
        return tuple(sorted(self._diagnostics, key=_place))


def _place(found: Diagnostic) -> tuple[str, int, int, str]:
    if found.subject is None:
        return ("", 0, 0, found.rule)
    return (found.subject.file, found.subject.start.line, found.subject.start.column, found.rule)
