"""A finding, and the list in which a stage collects them."""

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
    """How bad a finding is: an error stops everything before the cloud is touched."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, in words for people.

    `summary` is short and names no user-chosen thing where that is possible; `detail` says in sentences what is wrong
    and why; `hint` says what to do. `code` is the cloud's documented error code for the same mistake, where there is
    one. `address` is the resource's address as text. `related` are other places worth a look, each with a word. `fix`
    is there only where the cure is certain: edits that go together and that nobody needs to think about.
    """

    rule: str
    severity: Severity
    summary: str
    detail: str = ""
    subject: Span | None = None
    code: str | None = None
    address: str | None = None
    hint: str | None = None
    related: tuple[tuple[str, Span], ...] = ()
    fix: tuple[Edit, ...] = ()


class Diagnostics:
    """The findings of one stage, in the order they were found; `sorted()` gives the order to show them in."""

    __slots__ = ("_found",)

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        self._found: list[Diagnostic] = list(found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"Diagnostics({self._found!r})"

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep one more finding."""
        self._found.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep what another stage found."""
        self._found.extend(diagnostics)

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
        """Whether anything here forbids going on."""
        return any(found.severity is Severity.ERROR for found in self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """By file and place; what has no place comes first."""
        return tuple(sorted(self._found, key=_place))


def _place(found: Diagnostic) -> tuple[str, int, int, str]:
    if found.subject is None:
        return ("", 0, 0, found.rule)
    return (found.subject.file, found.subject.start.line, found.subject.start.column, found.rule)
