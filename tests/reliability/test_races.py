"""Others who write at the same time: nothing newer is written over in silence, and the loser says what moved."""

from __future__ import annotations

import signal
import threading
from typing import Any

from tests.support.meddling import Site, errors
from tests.support.prepared import Ended, Prepared
from tests.support.project import TIMER, write_project


def _edit_in_the_console(site: Site, **settings: Any) -> None:
    site.cloud.advance(2)
    site.cloud.call("UpdateFunctionConfiguration", FunctionName="hello", **settings)
    site.cloud.advance(2)


def test_an_edit_in_the_console_during_an_apply_is_not_written_over(site: Site) -> None:
    assert site.run().code == 0
    write_project(site.project, "  memorySize: 256\n" + TIMER)
    # The function itself has been looked at by then.
    site.server.meddle("ListTriggers", lambda: _edit_in_the_console(site, Timeout=99, MemorySize=512))

    lost = site.run()
    kept = site.shown()
    again = site.run()

    assert lost.code == 1
    assert (
        "somebody changed memorySize from 128 to 512 and timeout from 3 to 99" in errors(lost)["function/default/hello"]
    )
    assert lost.document["results"][0]["error"]["retryable"] is True
    assert (kept["MemorySize"], kept["Timeout"]) == (512, 99)
    assert again.code == 0
    assert site.shown()["MemorySize"] == 256


def test_a_function_that_changed_hands_is_not_deleted(site: Site) -> None:
    assert site.run().code == 0
    marks = [{"TagKey": f"scfdeploy:{part}", "TagValue": "theirs"} for part in ("app", "stage", "instance")]
    resource = "qcs::scf:ap-guangzhou:uin/:namespace/default/function/hello"
    site.server.meddle(
        "ListFunctions",
        lambda: site.cloud.call("ModifyResourceTags", product="tag", Resource=resource, ReplaceTags=marks),
    )

    lost = site.run("destroy")

    assert site.shown()["Status"] == "Active"
    assert lost.code in (0, 1)
    if lost.code:
        assert "another owner" in errors(lost)["function/default/hello"]


def test_a_function_that_was_made_anew_is_not_deleted(site: Site) -> None:
    assert site.run().code == 0

    def replace() -> None:
        site.cloud.call("DeleteFunction", FunctionName="hello")
        site.cloud.advance(5)
        site.cloud.create("hello")
        site.cloud.advance(5)

    site.server.meddle("ListTriggers", replace)
    lost = site.run("destroy")

    assert lost.code == 1
    assert site.shown()["Status"] == "Active"
    assert "since the plan was made" in lost.stdout + lost.stderr or "mark" in lost.stdout


def test_one_checkout_has_one_run_at_a_time(site: Site, commands: Prepared) -> None:
    halted, go_on = threading.Event(), threading.Event()

    def halt() -> None:
        halted.set()
        go_on.wait(30)

    site.server.meddle("CreateFunction", halt)
    first = site.order(name="first")
    pid = commands.start(first)
    halted.wait(30)
    second = site.run("apply", name="second")
    third = site.run("destroy", name="third")
    go_on.set()
    done = commands.end(pid, first)

    assert done.code == 0
    for refused in (second, third):
        assert refused.code == 1
        assert f"process {pid}, apply" in refused.stdout
        assert "nothing was changed" in refused.stdout
    assert site.run().code == 0, "the lock is gone with its holder"


def test_a_killed_run_leaves_no_lock_behind(site: Site, commands: Prepared) -> None:
    site.server.cut_at(3, "before", signal.SIGKILL)
    order = site.order()
    pid = commands.start(order)
    site.server.aim(pid)
    assert commands.end(pid, order).code == -9
    site.server.cut_at(0, "")
    assert site.run().code == 0


def test_two_checkouts_that_create_the_same_function_make_it_once(site: Site) -> None:
    other = site.other_checkout()
    results: list[Ended] = []
    site.server.meddle("CreateFunction", lambda: results.append(site.run(folder=other, name="theirs")))

    late = site.run()

    assert results[0].code == 0
    assert late.code == 1
    assert next(one["error"]["code"] for one in late.document["results"]).startswith("ResourceInUse")
    assert site.run().code == 0
    assert [call["outcome"] for call in site.calls("CreateFunction")].count("ok") == 1


def test_two_checkouts_that_update_the_same_function_do_not_undo_each_other_in_silence(site: Site) -> None:
    assert site.run().code == 0
    other = site.other_checkout()
    write_project(site.project, "  memorySize: 256\n" + TIMER)
    write_project(other, "  memorySize: 512\n" + TIMER)
    results: list[Ended] = []

    def overtake() -> None:
        site.cloud.advance(2)
        results.append(site.run(folder=other, name="theirs"))

    site.server.meddle("ListTriggers", overtake)
    late = site.run()

    assert results[0].code == 0
    assert late.code == 1
    assert "somebody changed memorySize from 128 to 512 since" in errors(late)["function/default/hello"]
    assert site.shown()["MemorySize"] == 512


def test_two_projects_in_one_namespace_leave_each_other_alone(site: Site) -> None:
    neighbour = write_project(site.project.parent / "neighbour", TIMER, name="other", app="their")
    results: list[Ended] = []
    site.server.meddle("CreateFunction", lambda: results.append(site.run(folder=neighbour, name="theirs")))

    assert site.run().code == 0
    assert results[0].code == 0
    assert site.run("destroy").code == 0
    assert site.shown("other")["Status"] == "Active"
    assert len(site.shown("other")["Triggers"]) == 1


def test_a_destruction_during_an_apply_is_told_and_the_next_run_mends_it(site: Site) -> None:
    assert site.run().code == 0
    other = site.other_checkout()
    write_project(site.project, "  memorySize: 256\n" + TIMER)
    results: list[Ended] = []
    site.server.meddle(
        "UpdateFunctionConfiguration", lambda: results.append(site.run("destroy", folder=other, name="theirs"))
    )

    late = site.run()

    assert results[0].code == 0
    assert late.code in (1, 5)
    assert errors(late)["function/default/hello"]
    assert site.run().code == 0
    assert site.shown()["MemorySize"] == 256
