"""Plans and outcomes of many changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.apply import Failure, Outcome, Status
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change, FieldChange, Plan, Refusal
from scfdeploy.report.document import document
from scfdeploy.report.markdown import COMMENT_CHARACTERS, document_within
from scfdeploy.report.text import TextStyle, render_output
from scfdeploy.report.text.style import Detail
from scfdeploy.results import Applied, Findings, Planned
from tests.support.results import KEY, OLD, PLAN
from tests.support.sampling import sample_size

GROUPED = TextStyle(width=100, detail=Detail.GROUPED)
REPLACED, DELETED = PLAN.changes[1], PLAN.changes[2]


def function(number: int) -> Address:
    return Address.of_function("default", f"f{number}")


def update(number: int, memory: int = 256, path: str = "memorySize") -> Change:
    return Change(function(number), Action.UPDATE, "differs", (FieldChange(path, 128, memory),))


def public_url(number: int) -> Change:
    address = function(number).trigger("http", "url")
    return Change(address, Action.CREATE, "new", (FieldChange("authType", None, "NONE"),), {"authType": "NONE"})


def plan_of(*changes: Change) -> Plan:
    return Plan(KEY, changes)


def shown(plan: Plan, style: TextStyle = GROUPED) -> str:
    return render_output(Planned(Findings(), True, plan), style).out


def test_same_changes_are_shown_once_with_names_and_summary_first() -> None:
    assert shown(plan_of(*(update(number) for number in range(25)))) == (
        "Plan: 25 to update; 0 unchanged.\n"
        "\n"
        "  ~ 25 × function (differs)\n"
        "      f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,\n"
        "      f21, f22, f23, f24\n"
        "      memorySize: 128 -> 256\n"
        "\n"
        "Similar changes are shown together; --no-group shows each one.\n"
        "\n"
        "Plan: 25 to update; 0 unchanged.\n"
    )


def test_few_changes_are_shown_as_they_are() -> None:
    plan = plan_of(*(update(number) for number in range(20)))
    assert shown(plan) == shown(plan, TextStyle(width=100))


@pytest.mark.parametrize(
    "change",
    [
        update,
        lambda number: update(number, memory=number),
        lambda number: update(number, path=f"environment.variables.KEY_{number}"),
        lambda number: replace(update(number), reason=f"reason {number}"),
        lambda number: Change(
            function(number), Action.CREATE, "new", tuple(FieldChange(f"field{at}", None, number) for at in range(30))
        ),
    ],
    ids=["same", "values", "settings", "reasons", "long"],
)
def test_plan_of_300_changes_takes_at_most_60_lines(change: object) -> None:
    assert callable(change)
    plan = plan_of(*(change(number) for number in range(300)))
    assert len(shown(plan).splitlines()) <= 60
    assert len(shown(plan, GROUPED._replace(detail=Detail.SUMMARY)).splitlines()) <= 10


@pytest.mark.parametrize("detail", [Detail.GROUPED, Detail.SUMMARY])
def test_deletions_replacements_and_public_urls_are_never_folded(detail: Detail) -> None:
    changes = [replace(DELETED, address=function(number)) for number in range(100)]
    changes += [replace(REPLACED, address=function(100 + number)) for number in range(50)]
    changes += [public_url(number) for number in range(200, 230)]
    text = shown(plan_of(*changes, *(update(number) for number in range(300, 400))), GROUPED._replace(detail=detail))

    assert all(f"  - function/default/f{number} " in text for number in range(100))
    assert all(f"-/+ function/default/f{number} " in text for number in range(100, 150))
    assert all(f"  + trigger/default/f{number}/http/url: public URL " in text for number in range(200, 230))
    assert "100 × function" in text


def test_warnings_of_deletions_and_updates_are_shown_once() -> None:
    deleted = [replace(DELETED, address=function(number), warnings=("Its triggers are lost.",)) for number in range(99)]
    text = shown(plan_of(*deleted, *(replace(update(number), warnings=("It failed.",)) for number in range(99, 130))))
    assert text.count("warning: Its triggers are lost.") == 1
    assert text.count("warning: It failed.") == 1
    some = shown(plan_of(*deleted[:30], replace(deleted[50], warnings=("Its data is lost.",))))
    assert "      warning: Its data is lost.\n        f50\n" in some


def test_values_that_differ_are_counted() -> None:
    text = shown(plan_of(*(update(number, memory=number) for number in range(30))))
    assert "memorySize: 30 different values\n" in text
    text = shown(plan_of(*(update(number, memory=256 + 128 * (number % 2)) for number in range(30))))
    assert "memorySize: 128 -> 256" in text
    assert "memorySize: 128 -> 384" in text


def test_refusals_of_one_kind_are_shown_once() -> None:
    refusals = tuple(Refusal(function(number), "not-owned", "is not managed", "Use --adopt.") for number in range(30))
    text = shown(Plan(KEY, (), refusals))
    assert text.count("is not managed") == 1
    assert "  ! 30 × function\n" in text


def test_resources_that_are_left_alone_are_shown_once_with_each_reason() -> None:
    kept = tuple((function(number), "its code is left alone") for number in range(300))
    manual = (function(7).trigger("timer", "tick"), "was created manually")
    text = shown(Plan(KEY, (), unmanaged=(*kept, manual)))
    assert "  300 × function: its code is left alone\n      f0, f1, f2, " in text
    assert "  trigger/default/f7/timer/tick: was created manually\n" in text
    assert len(text.splitlines()) <= 10


def test_apply_without_changes_shows_what_is_left_alone_once() -> None:
    kept = tuple((function(number), "its code is left alone") for number in range(300))
    text = render_output(Applied("apply", Findings(), True, Plan(KEY, (), unmanaged=kept)), GROUPED).out
    assert "  300 × function: its code is left alone\n" in text
    assert len(text.splitlines()) <= 10


def test_lines_between_groups_fit_the_terminal() -> None:
    style = GROUPED._replace(width=60, is_wrapped=True)
    plan = plan_of(*map(update, range(30)))
    long = Address.of_function("default", "f").trigger("timer", "every-night-when-everybody-is-asleep")
    outcomes = [outcome(0), *(outcome(number, address=long) for number in range(30))]
    outputs: dict[str, dict[str, object]] = {"web": {"url": "http://127.0.0.1:9080/web"}}
    command = "scfdeploy emulator --data .scfdeploy/emulator.db"
    result = Applied("apply", Findings(), True, plan, outcomes, outputs, serve_command=command)  # type: ignore[arg-type]
    for text in (shown(plan, style), render_output(result, style).out):
        assert max(map(len, text.splitlines())) <= 60


def test_many_reasons_to_leave_resources_alone_are_counted() -> None:
    unmanaged = tuple((function(number), f"reason {number}") for number in range(300))
    text = shown(Plan(KEY, (), unmanaged=unmanaged))
    assert "  function/default/f4: reason 4\n  and 295 more that are left alone; --no-group lists all\n" in text


def test_partial_plan_says_so_in_every_format() -> None:
    plan = replace(PLAN, targets=(OLD,))
    result = Planned(Findings(), True, plan)

    assert "Partial plan, limited by --target to function/default/old (with dependencies).\n" in shown(plan)
    assert "**Partial plan, limited by --target.**" in document_within(result, COMMENT_CHARACTERS).out
    assert document(result)["partial"] is True
    assert document(result)["targets"] == ["function/default/old"]
    applied = document(Applied("apply", Findings(), True, plan))
    assert (applied["partial"], applied["targets"]) == (True, ["function/default/old"])


@pytest.mark.parametrize("number", [10, 300, sample_size(3000)])
@pytest.mark.parametrize("change", [update, public_url, lambda number: replace(DELETED, address=function(number))])
def test_markdown_fits_into_a_comment_and_keeps_the_counts(number: int, change: object) -> None:
    assert callable(change)
    text = document_within(Planned(Findings(), True, plan_of(*map(change, range(number)))), COMMENT_CHARACTERS).out

    assert len(text) <= 65_000
    assert f"{number} to " in text.splitlines()[0]
    assert text.count("```") == 2
    assert "function" in text or "trigger" in text


def test_markdown_that_fits_has_every_change() -> None:
    text = document_within(Planned(Findings(), True, plan_of(*map(update, range(300)))), COMMENT_CHARACTERS).out
    assert "Shortened" not in text
    assert all(f"! function/default/f{number} " in text for number in range(300))


def outcome(number: int, **values: object) -> Outcome:
    return replace(Outcome(function(number), Action.CREATE, Status.SUCCEEDED, 0.5 + number / 10), **values)  # type: ignore[arg-type]


def applied(*outcomes: Outcome, outputs: dict[str, dict[str, object]] | None = None) -> str:
    result = Applied("apply", Findings(), False, None, outcomes, outputs or {})  # type: ignore[arg-type]
    return render_output(result, GROUPED).out


def test_outcomes_of_many_changes_are_counted() -> None:
    assert applied(*map(outcome, range(300))).splitlines()[0] == ("  + 300 × function: created in 0.5 s to 30.4 s each")


def test_failures_of_one_cause_are_shown_once_with_their_names() -> None:
    error = Failure("LimitExceeded.Function", "Too many functions.", "req-1", retryable=False)
    failed = [outcome(number, status=Status.FAILED, error=error) for number in range(25)]
    text = applied(*failed, *map(outcome, range(100, 110)))

    assert text.count("LimitExceeded.Function: Too many functions.") == 1
    assert "  ! 25 × function: create failed\n      f0, f1, " in text


def test_each_deleted_and_replaced_resource_is_listed() -> None:
    text = applied(*(outcome(number, action=Action.DELETE) for number in range(40)))
    assert text.count(": deleted in ") == 40


def test_all_urls_are_outputs_and_nothing_that_the_file_has() -> None:
    outputs: dict[str, dict[str, object]] = {
        f"f{number}": {"name": "x", "region": "ap-guangzhou", "url": f"https://{number}.example.com", "version": "1"}
        for number in range(30)
    }
    text = applied(*map(outcome, range(30)), outputs=outputs)
    assert text.count("url = https://") == 30
    assert "ap-guangzhou" not in text
    assert "  30 more outputs: see --format json\n" in text
