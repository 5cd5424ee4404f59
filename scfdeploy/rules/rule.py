"""What a rule is: a declaration, and a function from a function or a project to diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias, TypedDict, Unpack

from scfdeploy.diagnostics import Declaration, Diagnostic, Severity, Span
from scfdeploy.model import FunctionSpec, Instance, Path, Project, TriggerSpec
from scfdeploy.rules.code_reader import CodeReader


class Context(NamedTuple):
    """What a rule may look at beside the function: its file, and its code."""

    instance: Instance
    code: CodeReader


FunctionCheck: TypeAlias = Callable[[FunctionSpec, Context], Iterator[Diagnostic]]
ProjectCheck: TypeAlias = Callable[[Project], Iterator[Diagnostic]]


class Words(TypedDict, total=False):
    """The optional parts of a rule's declaration, as in `Declaration`."""

    detail: str
    hint: str
    code: str
    further_codes: tuple[str, ...]
    since: str


class AnyRule(Declaration):
    """What rules of functions and of projects share. The docstring of a rule's module is its public page."""

    __slots__ = ("check", "looks_at")
    check: Callable[..., Iterator[Diagnostic]]
    looks_at: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that declares the rule, below `scfdeploy.rules`."""
        return self.check.__module__.removeprefix("scfdeploy.rules.")

    def finding_at(self, function: FunctionSpec, /, *path: str | int, **values: Any) -> Diagnostic:
        """The diagnostic at the value at `path` in the function's inputs; `values` as in `Declaration.at`."""
        return self.at(function.span_of(*path), address=str(function.address), **values)

    def finding_at_key(self, function: FunctionSpec, /, *path: str | int, **values: Any) -> Diagnostic:
        """The diagnostic at the key at `path`, for a key that is misspelt or does not belong there."""
        span = function.key_spans.get(path) or function.span_of(*path)
        return self.at(span, address=str(function.address), **values)

    def trigger_finding(
        self, trigger: TriggerSpec, /, *path: str | int, within: Span | None = None, **values: Any
    ) -> Diagnostic:
        """The diagnostic at the value at `path` in a trigger's parameters, or at the span `within` it."""
        return self.at(within or span_in(trigger, path), address=str(trigger.address), **values)


class Rule(AnyRule):
    """A rule that checks one function at a time, its triggers included."""

    __slots__ = ()
    check: FunctionCheck


class ProjectRule(AnyRule):
    """A rule that checks everything that is deployed together."""

    __slots__ = ()
    check: ProjectCheck


def rule(
    id: str,  # noqa: A002 - as in `Declaration`
    severity: Severity,
    summary: str,
    *,
    looks_at: tuple[str, ...] = ("functions",),
    **words: Unpack[Words],
) -> Callable[[FunctionCheck], Rule]:
    """Declare the decorated function as a rule that checks functions.

    `looks_at` names what the rule is about: `functions`, `layers`, `triggers`, `triggers.TYPE` or `settings.KEY`. The
    module is imported only for a project that has one of these.
    """

    def declare(check: FunctionCheck) -> Rule:
        declared = Rule(id, severity, summary, **words)
        declared.check, declared.looks_at = check, looks_at
        return declared

    return declare


def project_rule(
    id: str,  # noqa: A002 - as in `Declaration`
    severity: Severity,
    summary: str,
    *,
    looks_at: tuple[str, ...] = ("project",),
    **words: Unpack[Words],
) -> Callable[[ProjectCheck], ProjectRule]:
    """Declare the decorated function as a rule that checks a whole project; `looks_at` as in `rule`, or `project`."""

    def declare(check: ProjectCheck) -> ProjectRule:
        declared = ProjectRule(id, severity, summary, **words)
        declared.check, declared.looks_at = check, looks_at
        return declared

    return declare


def span_in(trigger: TriggerSpec, path: Path) -> Span:
    """The place of the value at `path` in a trigger's parameters, or of the nearest block around it."""
    while path:
        if path in trigger.spans:
            return trigger.spans[path]
        path = path[:-1]
    return trigger.span
