"""Runs the rules over a project. A rule that fails with an internal error is reported as a finding too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from scfdeploy.diagnostics import Diagnostic, Diagnostics, Finding, Severity, Span
from scfdeploy.model import Project
from scfdeploy.rules.code_reader import CodeReader
from scfdeploy.rules.registry import rules_for
from scfdeploy.rules.rule import Context, ProjectRule, Rule

CRASHED = Finding(
    "rule-crashed",
    Severity.WARNING,
    "A rule failed",
    detail='The rule "{rule}" failed with an internal error ({error}), so this was not checked. '
    "The fault is in scfdeploy, not in this file.",
    hint="Please report it, with the output of --debug. Until it is fixed: --ignore {rule}.",
    title="A rule failed with an internal error; the other rules ran.",
    what="One of the rules failed on this project, so what it checks was not checked.",
    why="The fault is in scfdeploy, not in the file; please report it, with the output of `--debug`.",
    wrong="A project that triggers a fault in a rule.",
    right="`scfdeploy validate --ignore RULE`, until the rule is fixed.",
)


def check(project: Project, *, select: Collection[str] = (), ignore: Collection[str] = ()) -> Diagnostics:
    """What the rules find in a project.

    `select` and `ignore` hold ids of rules; an empty `select` means all of them. An id that is no rule's is passed
    over: it may belong to a finding of the reader.
    """
    chosen = [rule for rule in rules_for(project) if rule.id not in ignore and (not select or rule.id in select)]
    return run(project, chosen)


def run(project: Project, rules: Collection[Rule | ProjectRule]) -> Diagnostics:
    """Run these rules: first those of the project, then the others function by function."""
    found = Diagnostics()
    code = CodeReader()
    over_functions = [rule for rule in rules if isinstance(rule, Rule)]
    for over_project in (rule for rule in rules if isinstance(rule, ProjectRule)):
        _collect(found, over_project, partial(over_project.check, project), _start_of(project), None)
    for instance in project.instances:
        context = Context(instance, code)
        of_instance = Diagnostics()
        for function in instance.functions:
            for rule in over_functions:
                findings = partial(rule.check, function, context)
                _collect(of_instance, rule, findings, function.span, str(function.address))
        found.extend(_once(of_instance) if len(instance.functions) > 1 else of_instance)
    return found


def _once(found: Diagnostics) -> Iterator[Diagnostic]:
    """Without duplicates: a mistake in a setting that several functions share is reported for the first of them."""
    seen: set[tuple[str, Span | None, str]] = set()
    for one in found:
        key = (one.rule, one.subject, one.detail)
        if key not in seen:
            yield one
        seen.add(key)


def _collect(
    found: Diagnostics,
    rule: Rule | ProjectRule,
    findings: Callable[[], Iterator[Diagnostic]],
    span: Span | None,
    address: str | None,
) -> None:
    """Add what a rule yields. A fault in one rule must not hide the diagnostics of the others."""
    try:
        found.extend(findings())
    except Exception as error:  # noqa: BLE001
        _log(rule)
        found.report(CRASHED, span, address=address, rule=rule.id, error=type(error).__name__)


def _log(rule: Rule | ProjectRule) -> None:
    import logging

    logging.getLogger("scfdeploy.rules").debug("rule %s failed", rule.id, exc_info=True)


def _start_of(project: Project) -> Span | None:
    return project.instances[0].span if project.instances else None
