"""What belongs to functions, and layers: an edit by somebody else between the look and the write is not written over.

The server makes each edit right before the command looks for the second time, which is right before its first write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import Ran
from tests.support.concurrent_writer import Checkout, errors
from tests.support.console_edits import (
    NAME,
    NIGHTLY,
    alias,
    asynchronous,
    layer_versions,
    lead,
    make_timer,
    provision,
    provisioned,
    publish_layer,
    reserved,
    set_asynchronous,
    set_tag,
    set_timer,
    tag,
    timers,
    triggers,
)
from tests.support.emulator import Cloud
from tests.support.instances import write_layer
from tests.support.project import write_project


@dataclass(frozen=True)
class Race:
    """From `before` to `after`; right before the second `look`, somebody makes an `edit`.

    `words` are what the loser says of `address`. `shown` is what stands in the cloud: after the edit `kept`, and
    after another run `wanted`.
    """

    name: str
    before: str
    after: str
    look: str
    edit: Callable[[Cloud], object]
    address: str
    words: str
    shown: Callable[[Cloud], object]
    kept: object
    wanted: object


_ALIAS = "  publish: true\n  aliasName: live\n  aliasDescription: {words}\n"
_NIGHTLY = "trigger/default/hello/timer/nightly"
RACES = (
    Race(
        "a trigger that is changed",
        timers(nightly=2),
        timers(nightly=3),
        "ListTriggers",
        lambda cloud: set_timer(cloud, 4),
        _NIGHTLY,
        'cronExpression from "0 0 2 * * * *" to "0 0 4 * * * *" since',
        triggers,
        {"nightly": '{"cron":"0 0 4 * * * *"}'},
        {"nightly": '{"cron":"0 0 3 * * * *"}'},
    ),
    Race(
        "a trigger that is switched off",
        timers(nightly=2),
        timers(nightly=3),
        "ListTriggers",
        lambda cloud: cloud.call("UpdateTriggerStatus", **NIGHTLY, Qualifier="$DEFAULT", Enable="CLOSE"),
        _NIGHTLY,
        "enable from true to false since",
        lambda cloud: [row["Enable"] for row in cloud.call("ListTriggers", **NAME)["Triggers"]],
        [0],
        [1],
    ),
    Race(
        "a trigger that is to go and is changed",
        timers(nightly=2),
        timers(),
        "ListTriggers",
        lambda cloud: set_timer(cloud, 4, Description="scfdeploy:shop/dev/hello"),
        _NIGHTLY,
        'cronExpression from "0 0 2 * * * *" to "0 0 4 * * * *" since',
        triggers,
        {"nightly": '{"cron":"0 0 4 * * * *"}'},
        {},
    ),
    Race(
        "a trigger that is to go and is another's now",
        timers(nightly=2),
        timers(),
        "ListTriggers",
        lambda cloud: set_timer(cloud, 2, Description="scfdeploy:bank/dev/api"),
        _NIGHTLY,
        "the owner of the trigger changed",
        triggers,
        {"nightly": '{"cron":"0 0 2 * * * *"}'},
        {"nightly": '{"cron":"0 0 2 * * * *"}'},
    ),
    Race(
        "a trigger that appears",
        timers(),
        timers(nightly=3),
        "ListTriggers",
        lambda cloud: make_timer(cloud, 4),
        _NIGHTLY,
        "another client created the trigger since",
        triggers,
        {"nightly": '{"cron":"0 0 4 * * * *"}'},
        {"nightly": '{"cron":"0 0 3 * * * *"}'},
    ),
    Race(
        "a trigger that is deleted",
        timers(nightly=2),
        timers(nightly=3),
        "ListTriggers",
        lambda cloud: cloud.call("DeleteTrigger", **NIGHTLY, Qualifier="$DEFAULT"),
        _NIGHTLY,
        "the trigger was deleted since",
        triggers,
        {},
        {"nightly": '{"cron":"0 0 3 * * * *"}'},
    ),
    Race(
        "an alias that is led elsewhere",
        _ALIAS.format(words="one"),
        _ALIAS.format(words="two"),
        "ListAliases",
        lambda cloud: lead(cloud, "live", "$LATEST"),
        "alias/default/hello/live",
        'aliasFunctionVersion from "1" to "$LATEST" since',
        lambda cloud: alias(cloud, "live"),
        ["$LATEST"],
        ["1"],
    ),
    Race(
        "an alias that appears",
        "  publish: true\n",
        _ALIAS.format(words="one"),
        "ListAliases",
        lambda cloud: lead(cloud, "live", "$LATEST", action="CreateAlias"),
        "alias/default/hello/live",
        "another client created the alias since",
        lambda cloud: alias(cloud, "live"),
        ["$LATEST"],
        ["1"],
    ),
    Race(
        "shares of traffic that are taken back",
        "  publish: true\n  traffic: 0.9\n  lastVersion: '1'\n",
        "  publish: true\n  traffic: 0.5\n  lastVersion: '1'\n",
        "ListAliases",
        lambda cloud: lead(cloud, "$DEFAULT", "$LATEST"),
        "alias/default/hello/$DEFAULT",
        'additionalVersionWeights from [{"version": "1", "weight": 0.1}] to [] since',
        lambda cloud: alias(cloud, "$DEFAULT"),
        ["$LATEST"],
        ["$LATEST", ("1", 0.5)],
    ),
    Race(
        "asynchronous settings, the one that is not changed",
        "  msgTTL: 3600\n  retryNum: 1\n",
        "  msgTTL: 3600\n  retryNum: 2\n",
        "GetFunctionEventInvokeConfig",
        lambda cloud: set_asynchronous(cloud, 7200, 1),
        "async/default/hello",
        "msgTTL from 3600 to 7200 since",
        asynchronous,
        (7200, 1),
        (3600, 2),
    ),
    Race(
        "reserved concurrency",
        "  reservedConcurrencyMem: 128\n",
        "  reservedConcurrencyMem: 256\n",
        "GetReservedConcurrencyConfig",
        lambda cloud: cloud.call("PutReservedConcurrencyConfig", **NAME, ReservedConcurrencyMem=512),
        "concurrency/default/hello",
        "reservedConcurrencyMem from 128 to 512 since",
        reserved,
        512,
        256,
    ),
    Race(
        "provisioned instances",
        "  publish: true\n  qualifier: '1'\n  provisionedNum: 1\n",
        "  publish: true\n  qualifier: '1'\n  provisionedNum: 2\n",
        "GetProvisionedConcurrencyConfig",
        lambda cloud: provision(cloud, 3),
        "concurrency/default/hello/1",
        "provisionedNum from 1 to 3 since",
        provisioned,
        {"1": 3},
        {"1": 2},
    ),
    Race(
        "provisioned instances that are to be given back",
        "  publish: true\n  qualifier: '1'\n  provisionedNum: 1\n",
        "  publish: true\n  qualifier: '1'\n  provisionedNum: 0\n",
        "GetProvisionedConcurrencyConfig",
        lambda cloud: provision(cloud, 3),
        "concurrency/default/hello/1",
        "provisionedNum from 1 to 3 since",
        provisioned,
        {"1": 3},
        {},
    ),
    Race(
        "a tag",
        "  tags: {team: one}\n",
        "  tags: {team: two}\n",
        "GetFunction",
        lambda cloud: set_tag(cloud, "three"),
        "function/default/hello",
        'tags.team from "one" to "three" since',
        tag,
        "three",
        "two",
    ),
)


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_console_edit_is_kept_and_reported_as_conflict(race: Race, checkout: Checkout) -> None:
    write_project(checkout.project, race.before)
    assert checkout.run().exit_code == 0
    checkout.cloud.advance(5)
    write_project(checkout.project, race.after)
    checkout.server.run_before(race.look, lambda: race.edit(checkout.cloud), nth=2)

    lost = checkout.run()
    kept = race.shown(checkout.cloud)
    again = checkout.run()

    assert lost.exit_code == 1, lost.stdout
    (result,) = (one for one in lost.document["results"] if one["error"])
    assert result["address"] == race.address
    assert race.words in result["error"]["message"]
    assert result["error"]["retryable"] is True
    assert result["error"]["code"] == "ChangedMeanwhile"
    assert kept == race.kept
    assert again.exit_code == 0, again.stdout
    assert race.shown(checkout.cloud) == race.wanted


def _run_layer(checkout: Checkout, answer: int, run_before: Callable[[], object] | None = None) -> Ran:
    folder = write_layer(checkout.project.parent / "layers", answer)
    if run_before is not None:
        checkout.server.run_before("ListLayerVersions", run_before, nth=2)
    return checkout.run(folder=folder)


def test_concurrently_published_layer_gets_no_new_version(checkout: Checkout) -> None:
    lost = _run_layer(checkout, 42, lambda: publish_layer(checkout.cloud, "scfdeploy:bank/dev/base 12"))

    assert lost.exit_code == 1
    assert "another client created the layer since" in errors(lost)["layer/base"]
    assert layer_versions(checkout.cloud) == {1: "scfdeploy:bank/dev/base 12"}


def test_concurrently_published_version_stays_newest(checkout: Checkout) -> None:
    assert _run_layer(checkout, 42).exit_code == 0
    lost = _run_layer(checkout, 43, lambda: publish_layer(checkout.cloud, "scfdeploy:shop/dev/base 12"))

    assert "version from 1 to 2" in errors(lost)["layer/base"]
    assert sorted(layer_versions(checkout.cloud)) == [1, 2]
    assert _run_layer(checkout, 43).exit_code == 0


def test_concurrent_updates_of_trigger_report_conflict(checkout: Checkout) -> None:
    write_project(checkout.project, timers(nightly=2))
    assert checkout.run().exit_code == 0
    other = checkout.other_checkout()
    write_project(checkout.project, timers(nightly=3))
    write_project(other, timers(nightly=4))
    results: list[Ran] = []
    checkout.server.run_before("ListTriggers", lambda: results.append(checkout.run(folder=other, name="theirs")), nth=2)

    late = checkout.run()

    assert results[0].exit_code == 0
    assert 'from "0 0 2 * * * *" to "0 0 4 * * * *"' in errors(late)[_NIGHTLY]
    assert triggers(checkout.cloud) == {"nightly": '{"cron":"0 0 4 * * * *"}'}


def test_concurrent_equal_updates_succeed(checkout: Checkout) -> None:
    write_project(checkout.project, timers(nightly=2) + "  retryNum: 1\n")
    assert checkout.run().exit_code == 0
    write_project(checkout.project, timers(nightly=3) + "  retryNum: 2\n")
    other = checkout.other_checkout()
    results: list[Ran] = []
    checkout.server.run_before("ListTriggers", lambda: results.append(checkout.run(folder=other, name="theirs")), nth=2)

    late = checkout.run()

    assert (results[0].exit_code, late.exit_code) == (0, 0), late.stdout
    assert triggers(checkout.cloud) == {"nightly": '{"cron":"0 0 3 * * * *"}'}


def test_concurrent_creates_make_one_trigger(checkout: Checkout) -> None:
    write_project(checkout.project)
    assert checkout.run().exit_code == 0
    write_project(checkout.project, timers(nightly=3))
    other = checkout.other_checkout()
    results: list[Ran] = []
    checkout.server.run_before("ListTriggers", lambda: results.append(checkout.run(folder=other, name="theirs")), nth=2)

    late = checkout.run()

    assert results[0].exit_code == 0
    assert "another run of this project created the trigger" in errors(late)[_NIGHTLY]
    assert len(checkout.calls("CreateTrigger")) == 1
    assert checkout.run().exit_code == 0


def test_conflict_of_one_trigger_does_not_stop_others(checkout: Checkout) -> None:
    write_project(checkout.project, timers(one=1, nightly=2, three=3))
    assert checkout.run().exit_code == 0
    write_project(checkout.project, timers(one=11, nightly=12, three=13))
    checkout.server.run_before("ListTriggers", lambda: set_timer(checkout.cloud, 4), nth=2)

    lost = checkout.run()

    assert lost.exit_code == 5
    assert list(errors(lost)) == [_NIGHTLY]
    assert triggers(checkout.cloud) == {
        "one": '{"cron":"0 0 11 * * * *"}',
        "nightly": '{"cron":"0 0 4 * * * *"}',
        "three": '{"cron":"0 0 13 * * * *"}',
    }


def test_saved_plan_checks_preconditions(checkout: Checkout, tmp_path: Path) -> None:
    write_project(checkout.project, timers(nightly=2))
    assert checkout.run().exit_code == 0
    write_project(checkout.project, timers(nightly=3))
    saved = str(tmp_path / "kept.plan")
    assert checkout.run("plan", saved=saved).exit_code == 0
    checkout.server.run_before("ListTriggers", lambda: set_timer(checkout.cloud, 4), nth=2)

    lost = checkout.run(saved=saved)

    assert lost.exit_code == 1
    assert 'to "0 0 4 * * * *"' in errors(lost)[_NIGHTLY]
    assert triggers(checkout.cloud) == {"nightly": '{"cron":"0 0 4 * * * *"}'}


def test_precondition_check_lists_triggers_once_per_function(checkout: Checkout) -> None:
    write_project(checkout.project, timers(one=1, two=2, three=3))
    assert checkout.run().exit_code == 0
    write_project(checkout.project, timers(one=11, two=12, four=4))
    before = len(checkout.calls("ListTriggers"))

    assert checkout.run().exit_code == 0

    # One to plan, one before the first write, and one with which a deletion looks for the trigger's own words.
    assert len(checkout.calls("ListTriggers")) - before == 3


def test_new_function_skips_queries_of_its_resources(checkout: Checkout) -> None:
    write_project(checkout.project, timers(one=1) + "  msgTTL: 60\n  retryNum: 1\n  publish: true\n  aliasName: live\n")
    assert checkout.run().exit_code == 0
    looks = ("ListTriggers", "ListAliases", "GetFunctionEventInvokeConfig")
    assert [len(checkout.calls(action)) for action in looks] == [0, 0, 0]


def test_replaced_function_resources_are_not_a_conflict(checkout: Checkout) -> None:
    inputs = timers(one=1) + "  msgTTL: 60\n  retryNum: 1\n  publish: true\n  aliasName: live\n"
    write_project(checkout.project, inputs)
    assert checkout.run().exit_code == 0
    manifest = checkout.project / "serverless.yml"
    manifest.write_text(manifest.read_text().replace("Python3.10", "Python3.9"))
    before = len(checkout.calls("ListTriggers"))

    again = checkout.run()

    assert again.exit_code == 0, again.stdout
    assert [one["action"] for one in again.document["results"] if one["address"] == "function/default/hello"] == [
        "replace"
    ]
    assert len(checkout.calls("ListTriggers")) - before == 1
    assert asynchronous(checkout.cloud) == (60, 1)
