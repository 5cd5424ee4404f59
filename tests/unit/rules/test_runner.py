"""The runner: choosing rules, rules that break down, the order of nothing being lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec, Project
from scfdeploy.rules import Context, check, project_rule, rule
from scfdeploy.rules.runner import run
from tests.support import builders

WRONG_TWICE = builders.project(builders.function("hello", memorySize=100, timeout=5000))


def ids(project: Project, **choice: tuple[str, ...]) -> list[str]:
    return sorted(found.rule for found in check(project, **choice))


def test_all_rules_run_by_default() -> None:
    assert ids(WRONG_TWICE) == ["memory-step", "timeout-range"]


def test_only_selected_rules_run() -> None:
    assert ids(WRONG_TWICE, select=("memory-step",)) == ["memory-step"]


def test_ignored_rule_does_not_run() -> None:
    assert ids(WRONG_TWICE, ignore=("memory-step",)) == ["timeout-range"]


def test_ignore_overrides_select() -> None:
    assert ids(WRONG_TWICE, select=("memory-step", "timeout-range"), ignore=("memory-step",)) == ["timeout-range"]


def test_ids_of_other_findings_are_accepted() -> None:
    assert ids(WRONG_TWICE, ignore=("unknown-key",)) == ["memory-step", "timeout-range"]


def test_every_function_of_every_instance_is_checked() -> None:
    project = builders.project(
        builders.function("one", memorySize=100), builders.function("two", owner=builders.NEIGHBOUR, memorySize=100)
    )

    assert [found.address for found in check(project)] == ["function/default/one", "function/default/two"]


def test_empty_project_has_no_findings() -> None:
    assert list(check(builders.project())) == []


@rule("broken-rule", Severity.ERROR, "Never reported")
def broken_rule(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    yield from ()
    raise KeyError("db_password=hunter2")


@project_rule("broken-project-rule", Severity.ERROR, "Never reported")
def broken_project_rule(project: Project) -> Iterator[Diagnostic]:
    yield from ()
    raise ZeroDivisionError


def test_crashed_rule_is_a_finding_and_others_run() -> None:
    from scfdeploy.rules.runtime.memory_step import memory_step

    found = list(run(WRONG_TWICE, [broken_rule, memory_step]))

    assert [one.rule for one in found] == ["rule-crashed", "memory-step"]
    assert found[0].severity is Severity.WARNING
    assert found[0].address == "function/default/hello"
    assert '"broken-rule" failed with an internal error (KeyError)' in found[0].detail
    assert "--ignore broken-rule" in str(found[0].hint)


def test_crashed_rule_does_not_show_exception_text() -> None:
    (found,) = run(WRONG_TWICE, [broken_rule])

    assert "hunter2" not in f"{found.detail} {found.hint}"


def test_crashed_project_rule_is_a_finding() -> None:
    (found,) = run(WRONG_TWICE, [broken_project_rule])

    assert found.rule == "rule-crashed"
    assert found.subject is not None


def test_traceback_of_crashed_rule_is_logged_for_debug_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "scfdeploy.rules"):
        run(WRONG_TWICE, [broken_rule])

    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert record.exc_info is not None
