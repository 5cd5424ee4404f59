"""Declarations of findings. Each is written once, beside the code that reports it.

Documentation, `scfdeploy explain`, the JSON schema and the message catalogue are generated from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scfdeploy.diagnostics.diagnostic import Diagnostic, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.span import Span
from scfdeploy.diagnostics.suggestions import Edit

if TYPE_CHECKING:
    from scfdeploy.diagnostics.page import Page


class Declaration:
    """Id, severity and message templates of a finding or a rule. The texts are templates for `message()`."""

    __slots__ = ("code", "detail", "further_codes", "hint", "id", "severity", "since", "summary")

    def __init__(
        self,
        id: str,  # noqa: A002 - the name used in documentation
        severity: Severity,
        summary: str,
        *,
        detail: str = "",
        hint: str = "",
        code: str | None = None,
        further_codes: tuple[str, ...] = (),
        since: str = "0.1.0",
    ) -> None:
        self.id = id
        """Kebab-case name of the problem. Users write it in files and options, so it never changes."""
        self.severity = severity
        """The usual and the highest severity of its diagnostics."""
        self.summary = summary
        """First line of a diagnostic, without names chosen by the user."""
        self.detail = detail
        """What is wrong and why, in sentences."""
        self.hint = hint
        """What to do."""
        self.code = code
        """The cloud's error code for the same mistake, if there is one."""
        self.further_codes = further_codes
        """Error codes that some diagnostics have instead."""
        self.since = since
        """The first version of scfdeploy that reports it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"

    def page(self) -> Page:
        """The public page."""
        raise NotImplementedError

    @property
    def codes(self) -> tuple[str, ...]:
        """All error codes that its diagnostics can have."""
        return (*((self.code,) if self.code else ()), *self.further_codes)

    def at(  # noqa: PLR0913 - the fields of a diagnostic
        self,
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
    ) -> Diagnostic:
        """The diagnostic at `span`; None for problems without a position.

        `values` fill the templates. `summary`, `detail` and `hint` replace the declared templates when a finding has
        several wordings. Pass texts from outside as values, never as templates.
        """
        return Diagnostic(
            self.id,
            severity or self.severity,
            message(self.summary if summary is None else summary, **values),
            message(self.detail if detail is None else detail, **values),
            span,
            code or self.code,
            address,
            message(self.hint if hint is None else hint, **values) or None,
            related,
            fix,
        )


class Finding(Declaration):
    """A finding declared with the parts of its public page, in Markdown. `page.yaml` fences examples."""

    __slots__ = ("right", "title", "what", "why", "wrong")

    def __init__(  # noqa: PLR0913 - a declaration
        self,
        id: str,  # noqa: A002
        severity: Severity,
        summary: str,
        *,
        detail: str = "",
        hint: str = "",
        code: str | None = None,
        further_codes: tuple[str, ...] = (),
        since: str = "0.1.0",
        title: str,
        what: str,
        why: str,
        wrong: str,
        right: str,
    ) -> None:
        super().__init__(
            id, severity, summary, detail=detail, hint=hint, code=code, further_codes=further_codes, since=since
        )
        self.title = title
        self.what = what
        self.why = why
        self.wrong = wrong
        self.right = right

    def page(self) -> Page:
        """The public page."""
        from scfdeploy.diagnostics.page import Page, sections

        text = sections(self.what, self.why, self.wrong, self.right)
        return Page(self.id, self.severity, self.title, text, self.codes, self.since)


def declared_findings(packages: Iterable[str]) -> Iterator[Declaration]:
    """All findings and rules declared at module level in these packages, sorted by id. Imports all of their modules."""
    import pkgutil
    from importlib import import_module

    declarations: dict[int, Declaration] = {}
    for name in packages:
        package = import_module(name)
        modules = [name, *(module.name for module in pkgutil.walk_packages(package.__path__, f"{name}."))]
        for module in modules:
            for value in vars(import_module(module)).values():
                # A plain declaration is further wording for the id of a rule, whose page covers it.
                if isinstance(value, Declaration) and type(value) is not Declaration:
                    declarations[id(value)] = value
    yield from sorted(declarations.values(), key=lambda declaration: declaration.id)
