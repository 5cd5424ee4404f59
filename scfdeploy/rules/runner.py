"""Runs the rules over a project. What a rule finds, and a rule that breaks down, are findings alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from scfdeploy.diagnostics import Diagnostic, Diagnostics, Severity, Span
from scfdeploy.model import Project
from scfdeploy.rules.code_reader import CodeReader
from scfdeploy.rules.rule import Context, ProjectRule, Rule, RuleInfo
from scfdeploy.rules.table import rules_for

CRASHED = RuleInfo("rule-crashed", None, Severity.WARNING, "0.1.0", "A rule broke down")
"""Not a rule of its own: what is found when one of them cannot finish."""


def check(project: Project, *, select: Collection[str] = (), ignore: Collection[str] = ()) -> Diagnostics:
    """What the rules find in a project.

    `select` and `ignore` hold ids of rules; an empty `select` means all of them. An id that is no rule's is passed
    over: it may belong to a finding of the reader.
    """
    chosen = [
        rule for rule in rules_for(project) if rule.info.id not in ignore and (not select or rule.info.id in select)
    ]
    return run(project, chosen)


def run(project: Project, rules: Collection[Rule | ProjectRule]) -> Diagnostics:
    """What exactly these rules find: first over the whole project, then function by function."""
    found = Diagnostics()
    code = CodeReader()
    over_functions = [rule for rule in rules if isinstance(rule, Rule)]
    for over_project in (rule for rule in rules if isinstance(rule, ProjectRule)):
        _collect(found, over_project.info, partial(over_project.check, project), _start_of(project), None)
    for instance in project.instances:
        context = Context(instance, code)
        of_instance = Diagnostics()
        for function in instance.functions:
            for rule in over_functions:
                findings = partial(rule.check, function, context)
                _collect(of_instance, rule.info, findings, function.span, str(function.address))
        found.extend(_once(of_instance) if len(instance.functions) > 1 else of_instance)
    return found


def _once(found: Diagnostics) -> Iterator[Diagnostic]:
    """Without repetitions: what is wrong with a setting that several functions share is told of the first of them."""
    told: set[tuple[str, Span | None, str]] = set()
    for one in found:
        key = (one.rule, one.subject, one.detail)
        if key not in told:
            yield one
        told.add(key)


def _collect(
    found: Diagnostics,
    info: RuleInfo,
    findings: Callable[[], Iterator[Diagnostic]],
    span: Span | None,
    address: str | None,
) -> None:
    """Keep what a rule yields. This is an outermost edge: a mistake in one rule must not hide what the others find."""
    try:
        found.extend(findings())
    except Exception as error:  # noqa: BLE001
        _log(info)
        found.add(
            Diagnostic(
                CRASHED.id,
                CRASHED.severity,
                CRASHED.summary,
                f'The rule "{info.id}" could not finish ({type(error).__name__}), so what it looks for was '
                "not checked here. The mistake is in scfdeploy, not in this file.",
                span,
                None,
                address,
                f"Please report it, with the output of --debug. Until it is mended: --ignore {info.id}.",
            )
        )


def _log(info: RuleInfo) -> None:
    import logging

    logging.getLogger("scfdeploy.rules").debug("rule %s broke down", info.id, exc_info=True)


def _start_of(project: Project) -> Span | None:
    return project.instances[0].span if project.instances else None
