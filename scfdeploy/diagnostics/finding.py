"""The declaration of a kind of finding: written once, beside the code that reports it.

Documentation, `scfdeploy explain`, the JSON schema and the catalogue of translations are generated from declarations.
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
    """What `Finding` and the rules have in common: an id, a severity and the templates of the diagnostics.

    `summary`, `detail` and `hint` are templates for `message()`.
    """

    __slots__ = ("code", "detail", "further_codes", "hint", "id", "severity", "since", "summary")

    def __init__(
        self,
        id: str,  # noqa: A002 - as it is called in documents and messages
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
        """Kebab-case, named for what is wrong. Users write it in files and options: it never changes."""
        self.severity = severity
        """The severity of most diagnostics, and the highest that one can have."""
        self.summary = summary
        """First line of a diagnostic. Names nothing that a user chose."""
        self.detail = detail
        """What is wrong here and why, in sentences."""
        self.hint = hint
        """What to do."""
        self.code = code
        """The cloud's documented error code for the same mistake, if it has one."""
        self.further_codes = further_codes
        """Other codes that some diagnostics have in place of `code`."""
        self.since = since
        """The version of scfdeploy that reported it first."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of the cloud that diagnostics can have."""
        return (*((self.code,) if self.code else ()), *self.further_codes)

    def at(  # noqa: PLR0913 - what a diagnostic consists of
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
        """The diagnostic at `span`, or at no place in a file.

        `values` fill the templates. `summary`, `detail` and `hint` are templates too and replace the declared ones,
        where one kind of finding has several wordings; a text from elsewhere is passed as a value, never as a
        template. An empty hint is none.
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
    """One kind of finding, declared with its public page.

    `title`, `what`, `why`, `wrong` and `right` are Markdown and make the page of docs/rules; examples are fenced by
    `yaml` of `diagnostics.page`.
    """

    __slots__ = ("right", "title", "what", "why", "wrong")

    def __init__(  # noqa: PLR0913 - a declaration: everything about a finding in one place
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
        """Its public page."""
        from scfdeploy.diagnostics.page import Page, sections

        text = sections(self.what, self.why, self.wrong, self.right)
        return Page(self.id, self.severity, self.title, text, self.codes, self.since)


def declared_findings(packages: Iterable[str]) -> Iterator[Finding]:
    """Every finding declared at module level in these packages, by id. Imports all of their modules.

    Only documentation, `explain`, the schema and tests need all of them; a run imports those of the code it uses.
    """
    import pkgutil
    from importlib import import_module

    found: dict[int, Finding] = {}
    for name in packages:
        package = import_module(name)
        modules = [name, *(module.name for module in pkgutil.walk_packages(package.__path__, f"{name}."))]
        for module in modules:
            for value in vars(import_module(module)).values():
                if isinstance(value, Finding):
                    found[id(value)] = value
    yield from sorted(found.values(), key=lambda finding: finding.id)
