"""What a rule is: a description that does not change, and a function from a project to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from scfdeploy.diagnostics import Diagnostic, Severity, Span
from scfdeploy.model import FunctionSpec, Instance, Path, Project, TriggerSpec
from scfdeploy.rules.code_reader import CodeReader


class RuleInfo(NamedTuple):
    """What a rule says of itself. `id` is kebab-case and named for what is found.

    `code` is the cloud's documented error code for the same mistake, None where it has none; `further_codes` are others
    that some of its findings carry. `since` is the version of this tool that knew it first. `summary` is the first line
    of every finding and names nothing a user chose.
    """

    id: str
    code: str | None
    severity: Severity
    since: str
    summary: str
    further_codes: tuple[str, ...] = ()

    def found(self, function: FunctionSpec, *path: str | int, detail: str, hint: str | None = None) -> Diagnostic:
        """A finding at the value at `path` in the function's inputs."""
        return self._at(function.span_of(*path), str(function.address), detail, hint)

    def found_key(self, function: FunctionSpec, *path: str | int, detail: str, hint: str | None = None) -> Diagnostic:
        """A finding at the key at `path`, for what should not be there or is called wrong."""
        span = function.key_spans.get(path) or function.span_of(*path)
        return self._at(span, str(function.address), detail, hint)

    def found_in(
        self, trigger: TriggerSpec, *path: str | int, detail: str, hint: str | None = None, within: Span | None = None
    ) -> Diagnostic:
        """A finding at the value at `path` in a trigger's parameters, or at the stretch `within` it."""
        return self._at(within or span_in(trigger, path), str(trigger.address), detail, hint)

    def found_at(self, span: Span | None, address: str | None, *, detail: str, hint: str | None = None) -> Diagnostic:
        """A finding at any place, such as a line of the code; None is the command line."""
        return self._at(span, address, detail, hint)

    def _at(self, span: Span | None, address: str | None, detail: str, hint: str | None) -> Diagnostic:
        return Diagnostic(self.id, self.severity, self.summary, detail, span, self.code, address, hint)


class Context(NamedTuple):
    """What a function's rule may look at beside the function: the file it stands in, and its code."""

    instance: Instance
    code: CodeReader


FunctionCheck: TypeAlias = Callable[[FunctionSpec, Context], Iterator[Diagnostic]]
ProjectCheck: TypeAlias = Callable[[Project], Iterator[Diagnostic]]


class Rule(NamedTuple):
    """A rule over one function at a time, its triggers included."""

    info: RuleInfo
    check: FunctionCheck


class ProjectRule(NamedTuple):
    """A rule over everything that is deployed together."""

    info: RuleInfo
    check: ProjectCheck


def span_in(trigger: TriggerSpec, path: Path) -> Span:
    """The place of the value at `path` in a trigger's parameters, or of the nearest thing around it."""
    while path:
        if path in trigger.spans:
            return trigger.spans[path]
        path = path[:-1]
    return trigger.span
