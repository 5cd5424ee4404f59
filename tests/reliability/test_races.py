"""Others who write at the same time: nothing newer is written over in silence, and the loser says what moved."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest

from tests.support.command import Ran
from tests.support.concurrent_writer import Checkout, errors
from tests.support.forked_commands import CommandRunner
from tests.support.project import TIMER, write_project


def _edit_in_the_console(checkout: Checkout, **settings: Any) -> None:
    checkout.cloud.advance(2)
    checkout.cloud.call("UpdateFunctionConfiguration", FunctionName="hello", **settings)
    checkout.cloud.advance(2)


def test_console_edit_during_apply_is_not_overwritten(checkout: Checkout) -> None:
    assert checkout.run().exit_code == 0
    write_project(checkout.project, "  memorySize: 256\n" + TIMER)
    # The plan is made from the first GetFunction; the second is the check before the write.
    checkout.server.run_before("GetFunction", lambda: _edit_in_the_console(checkout, Timeout=99, MemorySize=512), nth=2)

    lost = checkout.run()
    kept = checkout.shown()
    again = checkout.run()

    assert lost.exit_code == 1
    assert (
        "another client changed memorySize from 128 to 512 and timeout from 3 to 99"
        in errors(lost)["function/default/hello"]
    )
    assert lost.document["results"][0]["error"]["retryable"] is True
    assert (kept["MemorySize"], kept["Timeout"]) == (512, 99)
    assert again.exit_code == 0
    assert checkout.shown()["MemorySize"] == 256


def test_function_with_new_owner_is_not_deleted(checkout: Checkout) -> None:
    assert checkout.run().exit_code == 0
    marks = [{"TagKey": f"scfdeploy:{part}", "TagValue": "theirs"} for part in ("app", "stage", "instance")]
    resource = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/hello"
    checkout.server.run_before(
        "ListFunctions",
        lambda: checkout.cloud.call("ModifyResourceTags", product="tag", Resource=resource, ReplaceTags=marks),
    )

    lost = checkout.run("destroy")

    assert checkout.shown()["Status"] == "Active"
    assert lost.exit_code in (0, 1)
    if lost.exit_code:
        assert "owner of the function changed" in errors(lost)["function/default/hello"]


def test_recreated_function_is_not_deleted(checkout: Checkout) -> None:
    assert checkout.run().exit_code == 0

    def replace() -> None:
        checkout.cloud.call("DeleteFunction", FunctionName="hello")
        checkout.cloud.advance(5)
        checkout.cloud.create("hello")
        checkout.cloud.advance(5)

    # The plan is made from the list; the first GetFunction is the check before the deletion.
    checkout.server.run_before("GetFunction", replace)
    lost = checkout.run("destroy")

    assert lost.exit_code == 1
    assert checkout.shown()["Status"] == "Active"
    assert "since the plan was made" in lost.stdout + lost.stderr or "mark" in lost.stdout


def test_second_run_in_checkout_is_rejected(checkout: Checkout, commands: CommandRunner) -> None:
    halted, go_on = threading.Event(), threading.Event()

    def halt() -> None:
        halted.set()
        go_on.wait(30)

    checkout.server.run_before("CreateFunction", halt)
    first = checkout.order(name="first")
    pid = commands.start(first)
    halted.wait(30)
    second = checkout.run("apply", name="second")
    third = checkout.run("destroy", name="third")
    go_on.set()
    done = commands.end(pid, first)

    assert done.exit_code == 0
    for refused in (second, third):
        assert refused.exit_code == 1
        assert f"process {pid}, apply" in refused.stdout
        assert "nothing was changed" in refused.stdout
    assert checkout.run().exit_code == 0, "the lock is gone with its holder"


def test_killed_run_releases_lock(checkout: Checkout, commands: CommandRunner) -> None:
    checkout.server.crash_at(3, "before", signal.SIGKILL)
    order = checkout.order()
    pid = commands.start(order)
    checkout.server.set_target(pid)
    assert commands.end(pid, order).exit_code == -9
    checkout.server.crash_at(0, "")
    assert checkout.run().exit_code == 0


def test_concurrent_creates_make_one_function(checkout: Checkout) -> None:
    other = checkout.other_checkout()
    results: list[Ran] = []
    checkout.server.run_before("CreateFunction", lambda: results.append(checkout.run(folder=other, name="theirs")))

    late = checkout.run()

    assert results[0].exit_code == 0
    assert late.exit_code == 1
    assert next(one["error"]["code"] for one in late.document["results"]).startswith("ResourceInUse")
    assert checkout.run().exit_code == 0
    assert [call["outcome"] for call in checkout.calls("CreateFunction")].count("ok") == 1


def test_concurrent_updates_of_function_report_conflict(checkout: Checkout) -> None:
    assert checkout.run().exit_code == 0
    other = checkout.other_checkout()
    write_project(checkout.project, "  memorySize: 256\n" + TIMER)
    write_project(other, "  memorySize: 512\n" + TIMER)
    results: list[Ran] = []

    def overtake() -> None:
        checkout.cloud.advance(2)
        results.append(checkout.run(folder=other, name="theirs"))

    checkout.server.run_before("GetFunction", overtake, nth=2)
    late = checkout.run()

    assert results[0].exit_code == 0
    assert late.exit_code == 1
    assert "another client changed memorySize from 128 to 512 since" in errors(late)["function/default/hello"]
    assert checkout.shown()["MemorySize"] == 512


def test_projects_in_one_namespace_do_not_affect_each_other(checkout: Checkout) -> None:
    neighbour = write_project(checkout.project.parent / "neighbour", TIMER, name="other", app="their")
    results: list[Ran] = []
    checkout.server.run_before("CreateFunction", lambda: results.append(checkout.run(folder=neighbour, name="theirs")))

    assert checkout.run().exit_code == 0
    assert results[0].exit_code == 0
    assert checkout.run("destroy").exit_code == 0
    assert checkout.shown("other")["Status"] == "Active"
    assert len(checkout.shown("other")["Triggers"]) == 1


def test_destroy_during_apply_is_reported_and_next_run_repairs_it(checkout: Checkout) -> None:
    assert checkout.run().exit_code == 0
    other = checkout.other_checkout()
    write_project(checkout.project, "  memorySize: 256\n" + TIMER)
    results: list[Ran] = []
    checkout.server.run_before(
        "UpdateFunctionConfiguration", lambda: results.append(checkout.run("destroy", folder=other, name="theirs"))
    )

    late = checkout.run()

    assert results[0].exit_code == 0
    assert late.exit_code in (1, 5)
    assert errors(late)["function/default/hello"]
    assert checkout.run().exit_code == 0
    assert checkout.shown()["MemorySize"] == 256


_ALIAS = "  publish: true\n  aliasName: prod\n"


def _alias_version(checkout: Checkout) -> str:
    return str(checkout.cloud.call("GetAlias", FunctionName="hello", Name="prod")["FunctionVersion"])


@pytest.mark.parametrize(("command", "applied"), [("alias set", ".."), ("alias shift", ".")])
def test_alias_command_during_apply_is_rejected(checkout: Checkout, command: str, applied: str) -> None:
    """Otherwise the apply would note the route that it had read before, which the list of functions does not show."""
    whole = (checkout.project / applied).resolve()
    write_project(checkout.project, _ALIAS)
    assert checkout.run(folder=whole).exit_code == 0
    write_project(checkout.project, f"{_ALIAS}  description: changed\n")
    results: list[Ran] = []
    checkout.server.run_before(
        "UpdateFunctionConfiguration", lambda: results.append(checkout.run(command, name="alias"))
    )

    done = checkout.run(folder=whole)

    assert done.exit_code == 0
    assert results[0].exit_code == 1
    assert "apply" in results[0].stdout
    assert "another run" in results[0].stdout
    assert _alias_version(checkout) != "$LATEST"
    assert checkout.run(command).exit_code == 0
    assert _alias_version(checkout) == "$LATEST"


def test_apply_during_shift_in_folder_of_project_is_rejected(checkout: Checkout) -> None:
    whole = checkout.project.parent
    write_project(checkout.project, _ALIAS)
    assert checkout.run(folder=whole).exit_code == 0
    results: list[Ran] = []
    checkout.server.run_before("UpdateAlias", lambda: results.append(checkout.run(folder=whole, name="apply")), nth=2)

    shifted = checkout.run("alias shift")

    assert shifted.exit_code == 0
    assert results[0].exit_code == 1
    assert "alias shift" in results[0].stdout
    assert [call["action"] for call in checkout.calls("UpdateAlias")] == ["UpdateAlias"] * 3


def test_runs_in_two_folders_of_a_project_do_not_wait_for_each_other(checkout: Checkout) -> None:
    other = write_project(checkout.project.parent / "other", TIMER, name="other")
    assert checkout.run(folder=checkout.project.parent).exit_code == 0
    write_project(checkout.project, "  memorySize: 256\n" + TIMER)
    write_project(other, "  memorySize: 256\n" + TIMER, name="other")
    results: list[Ran] = []
    checkout.server.run_before(
        "UpdateFunctionConfiguration", lambda: results.append(checkout.run(folder=other, name="theirs"))
    )

    assert checkout.run().exit_code == 0
    assert results[0].exit_code == 0
    assert (checkout.shown()["MemorySize"], checkout.shown("other")["MemorySize"]) == (256, 256)
