"""The declaration of a rule, and the decorators that make one of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Unpack

from scfdeploy.diagnostics import Declaration, Diagnostic, Severity, Span
from scfdeploy.model import FunctionSpec, Instance, Path, Project, TriggerSpec
from scfdeploy.records import NamedTuple
from scfdeploy.rules.code_reader import CodeReader

if TYPE_CHECKING:
    from scfdeploy.diagnostics.page import Page


class Context(NamedTuple):
    """What a rule can read besides the function: its instance and its code."""

    instance: Instance
    code: CodeReader


Findings: TypeAlias = Iterator[Diagnostic]
FunctionCheck: TypeAlias = Callable[[FunctionSpec, Context], Findings]
ProjectCheck: TypeAlias = Callable[[Project], Findings]


class Declared(TypedDict, total=False):
    """The optional parts of a rule's declaration, as in `Declaration`."""

    detail: str
    hint: str
    code: str
    further_codes: tuple[str, ...]
    since: str


class AnyRule(Declaration):
    """Common base of the two kinds of rules. The docstring of a rule's module is its public page."""

    __slots__ = ("check", "looks_at")
    check: Callable[..., Findings]
    looks_at: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that declares the rule, relative to `scfdeploy.rules`."""
        return self.check.__module__.removeprefix("scfdeploy.rules.")

    def page(self) -> Page:
        """The public page. Placeholders such as `{layers.max}` become values of the table of limits."""
        import re
        import sys

        from scfdeploy.diagnostics.page import Page
        from scfdeploy.facts import limit

        title, _, text = (sys.modules[self.check.__module__].__doc__ or "").partition("\n")
        template = text.strip()

        def fill(part: str) -> str:
            return re.sub(r"\{([a-z_]+(?:\.[a-z_]+)+)\}", lambda match: str(limit(match[1])), part)

        body = fill(template)
        return Page(self.id, self.severity, title.strip(), body, self.codes, self.since, template, fill)

    def finding_at(self, function: FunctionSpec, /, *path: str | int, **values: Any) -> Diagnostic:
        """The diagnostic at the value at `path` in the function's inputs; `values` as in `Declaration.at`."""
        return self.at(function.span_of(*path), address=str(function.address), **values)

    def finding_at_key(self, function: FunctionSpec, /, *path: str | int, **values: Any) -> Diagnostic:
        """The diagnostic at the key at `path`, for a key that is misspelled or not allowed."""
        span = function.key_spans.get(path) or function.span_of(*path)
        return self.at(span, address=str(function.address), **values)

    def trigger_finding(
        self, trigger: TriggerSpec, /, *path: str | int, within: Span | None = None, **values: Any
    ) -> Diagnostic:
        """The diagnostic at the value at `path` in a trigger's parameters, or at `within` when that is given."""
        return self.at(within or span_in(trigger, path), address=str(trigger.address), **values)


class Rule(AnyRule):
    """A rule that checks one function at a time, its triggers included."""

    __slots__ = ()
    check: FunctionCheck


class ProjectRule(AnyRule):
    """A rule that checks all instances of a project together."""

    __slots__ = ()
    check: ProjectCheck


def rule(
    id: str,  # noqa: A002 - as in `Declaration`
    severity: Severity,
    summary: str,
    *,
    looks_at: tuple[str, ...] = ("functions",),
    **declared: Unpack[Declared],
) -> Callable[[FunctionCheck], Rule]:
    """Declare the decorated function as a rule that checks functions.

    `looks_at` lists `functions`, `layers`, `triggers`, `triggers.TYPE` or `settings.KEY`. The module is imported only
    for a project that has one of these.
    """

    def declare(check: FunctionCheck) -> Rule:
        made = Rule(id, severity, summary, **declared)
        made.check, made.looks_at = check, looks_at
        return made

    return declare


def project_rule(
    id: str,  # noqa: A002 - as in `Declaration`
    severity: Severity,
    summary: str,
    *,
    looks_at: tuple[str, ...] = ("project",),
    **declared: Unpack[Declared],
) -> Callable[[ProjectCheck], ProjectRule]:
    """Declare the decorated function as a rule that checks a whole project; `looks_at` as in `rule`, or `project`."""

    def declare(check: ProjectCheck) -> ProjectRule:
        made = ProjectRule(id, severity, summary, **declared)
        made.check, made.looks_at = check, looks_at
        return made

    return declare


def span_in(trigger: TriggerSpec, path: Path) -> Span:
    """The span of the value at `path` in a trigger's parameters, or of the nearest enclosing block."""
    while path:
        if path in trigger.spans:
            return trigger.spans[path]
        path = path[:-1]
    return trigger.span
