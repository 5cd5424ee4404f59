"""Text and documents of `versions`, `alias set`, `alias shift` and `rollback`."""

from __future__ import annotations

from scfdeploy.apply import Failure, Outcome, Status
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.providers.base import Version
from scfdeploy.report.document import document, dumps
from scfdeploy.report.text import TextStyle, render_output
from scfdeploy.results import Findings, Result
from scfdeploy.results.aliases import AliasChanged, AliasInfo, ShiftStep, VersionList
from tests.support.results import HELLO, KEY, REFUSED

PROD = HELLO.alias("prod")
CHANGE = Change(PROD, Action.UPDATE, "requested")
DONE = Outcome(PROD, Action.UPDATE, Status.SUCCEEDED)
LOST = Outcome(PROD, Action.UPDATE, Status.FAILED, error=Failure("LimitExceeded.Alias", "too\x1b[2J\nmany", "req-1"))
SIX, SEVEN, CANARY = Route("6"), Route("7"), Route("6", (("7", 0.1),))


def moved(after: Route | None, *outcomes: Outcome, ok: bool = True, **more: object) -> AliasChanged:
    plan = Plan(KEY, (CHANGE,))
    return AliasChanged("alias shift", Findings(), ok, plan, PROD, SIX, after, outcomes, **more)  # type: ignore[arg-type]


def text(result: Result) -> str:
    rendered = render_output(result, TextStyle())
    assert rendered.err == ""
    return rendered.out


def test_last_line_shows_route() -> None:
    assert text(moved(SEVEN, DONE)) == "Done: prod sends all calls to version 7.\n"
    assert text(moved(CANARY, DONE)) == "Done: prod sends 90 % of calls to version 6, 10 % to version 7.\n"
    assert text(moved(Route("$LATEST"), DONE)) == "Done: prod sends all calls to $LATEST.\n"


def test_nothing_to_do_shows_current_route() -> None:
    assert text(moved(SIX)) == "Nothing to do: prod already sends all calls to version 6.\n"


def test_steps_are_reported_one_by_one() -> None:
    steps = (ShiftStep(5, "done", 0), ShiftStep(50, "failed", 3), ShiftStep(100, "skipped"))
    assert text(moved(SIX, DONE, ok=False, steps=steps, shifted_back=True)) == (
        "    5 %: done, check passed\n"
        "   50 %: check failed (exit code 3)\n"
        "  100 %: skipped\n"
        "Rolled back: prod sends all calls to version 6.\n"
    )


def test_interrupted_shift_shows_rollback_command() -> None:
    rendered = text(moved(CANARY, DONE, ok=False, steps=(ShiftStep(10, "unchecked"),), interrupted=True))
    assert rendered == (
        "   10 %: done, not checked\n"
        "Interrupted: prod sends 90 % of calls to version 6, 10 % to version 7.\n"
        "Run the same command to continue, or `scfdeploy alias set 'prod' --to '6'` to go back.\n"
    )


def test_cloud_error_is_shown_and_escaped() -> None:
    rendered = text(moved(None, LOST, ok=False, steps=(ShiftStep(10, "failed"),)))
    assert "LimitExceeded.Alias: too" in rendered
    assert "  request id req-1\n" in rendered
    assert "\x1b" not in rendered
    assert "prod sends an unknown version (see `scfdeploy versions`)." in rendered


def test_rejected_alias_change_is_shown_as_in_plan() -> None:
    assert "[foreign-owner]" in text(AliasChanged("rollback", Findings(), False, REFUSED, PROD, SIX, SIX))


def test_versions_are_a_table_without_empty_columns() -> None:
    versions = (Version("$LATEST", state="Active"), Version("6", published="2026-01-01", state="Active"))
    rendered = VersionList(Findings(), True, HELLO, versions, (AliasInfo(PROD, CANARY, ""),))
    assert text(rendered) == (
        "VERSION  PUBLISHED   STATE   ALIASES\n$LATEST              Active\n6        2026-01-01  Active  prod (90 %)\n"
    )


def test_documents_have_every_key() -> None:
    found = document(moved(CANARY, DONE, ok=False, steps=(ShiftStep(10, "done", 0),), interrupted=True))
    assert (found["command"], found["alias"], found["interrupted"]) == ("alias shift", str(PROD), True)
    assert found["before"] == {"version": "6", "weights": []}
    assert found["after"] == {"version": "6", "weights": [{"version": "7", "weight": 0.1}]}
    assert found["steps"] == [{"percent": 10, "status": "done", "checkExitCode": 0}]
    assert document(moved(None))["after"] is None
    assert '"published": null' in dumps(document(VersionList(Findings(), True, HELLO, (Version("$LATEST"),), ())))
