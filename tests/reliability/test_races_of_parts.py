"""What belongs to functions, and layers: an edit by somebody else between the look and the write is not written over.

The server makes each edit right before the command looks for the second time, which is right before its first write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

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
from tests.support.meddling import Site, errors
from tests.support.prepared import Ended
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
        "the trigger has another owner's mark",
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
        "somebody else made the trigger since",
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
        "somebody else made the alias since",
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
def test_an_edit_in_the_console_stands_and_is_told(race: Race, site: Site) -> None:
    write_project(site.project, race.before)
    assert site.run().code == 0
    site.cloud.advance(5)
    write_project(site.project, race.after)
    site.server.meddle(race.look, lambda: race.edit(site.cloud), nth=2)

    lost = site.run()
    kept = race.shown(site.cloud)
    again = site.run()

    assert lost.code == 1, lost.stdout
    (result,) = (one for one in lost.document["results"] if one["error"])
    assert result["address"] == race.address
    assert race.words in result["error"]["message"]
    assert result["error"]["retryable"] is True
    assert result["error"]["code"] == "ChangedMeanwhile"
    assert kept == race.kept
    assert again.code == 0, again.stdout
    assert race.shown(site.cloud) == race.wanted


def _run_layer(site: Site, answer: int, meddle: Callable[[], object] | None = None) -> Ended:
    folder = write_layer(site.project.parent / "layers", answer)
    if meddle is not None:
        site.server.meddle("ListLayerVersions", meddle, nth=2)
    return site.run(folder=folder)


def test_a_layer_that_somebody_published_meanwhile_gets_no_version(site: Site) -> None:
    lost = _run_layer(site, 42, lambda: publish_layer(site.cloud, "scfdeploy:bank/dev/base 12"))

    assert lost.code == 1
    assert "somebody else made the layer since" in errors(lost)["layer/base"]
    assert layer_versions(site.cloud) == {1: "scfdeploy:bank/dev/base 12"}


def test_a_version_that_somebody_published_meanwhile_stays_the_newest(site: Site) -> None:
    assert _run_layer(site, 42).code == 0
    lost = _run_layer(site, 43, lambda: publish_layer(site.cloud, "scfdeploy:shop/dev/base 12"))

    assert "version from 1 to 2" in errors(lost)["layer/base"]
    assert sorted(layer_versions(site.cloud)) == [1, 2]
    assert _run_layer(site, 43).code == 0


def test_two_checkouts_that_change_the_same_trigger_do_not_undo_each_other(site: Site) -> None:
    write_project(site.project, timers(nightly=2))
    assert site.run().code == 0
    other = site.other_checkout()
    write_project(site.project, timers(nightly=3))
    write_project(other, timers(nightly=4))
    results: list[Ended] = []
    site.server.meddle("ListTriggers", lambda: results.append(site.run(folder=other, name="theirs")), nth=2)

    late = site.run()

    assert results[0].code == 0
    assert 'from "0 0 2 * * * *" to "0 0 4 * * * *"' in errors(late)[_NIGHTLY]
    assert triggers(site.cloud) == {"nightly": '{"cron":"0 0 4 * * * *"}'}


def test_two_checkouts_that_want_the_same_both_succeed(site: Site) -> None:
    write_project(site.project, timers(nightly=2) + "  retryNum: 1\n")
    assert site.run().code == 0
    write_project(site.project, timers(nightly=3) + "  retryNum: 2\n")
    other = site.other_checkout()
    results: list[Ended] = []
    site.server.meddle("ListTriggers", lambda: results.append(site.run(folder=other, name="theirs")), nth=2)

    late = site.run()

    assert (results[0].code, late.code) == (0, 0), late.stdout
    assert triggers(site.cloud) == {"nightly": '{"cron":"0 0 3 * * * *"}'}


def test_two_checkouts_that_make_the_same_trigger_make_it_once(site: Site) -> None:
    write_project(site.project)
    assert site.run().code == 0
    write_project(site.project, timers(nightly=3))
    other = site.other_checkout()
    results: list[Ended] = []
    site.server.meddle("ListTriggers", lambda: results.append(site.run(folder=other, name="theirs")), nth=2)

    late = site.run()

    assert results[0].code == 0
    assert "another run of this project made the trigger" in errors(late)[_NIGHTLY]
    assert len(site.calls("CreateTrigger")) == 1
    assert site.run().code == 0


def test_one_trigger_that_moved_leaves_the_others_to_go_on(site: Site) -> None:
    write_project(site.project, timers(one=1, nightly=2, three=3))
    assert site.run().code == 0
    write_project(site.project, timers(one=11, nightly=12, three=13))
    site.server.meddle("ListTriggers", lambda: set_timer(site.cloud, 4), nth=2)

    lost = site.run()

    assert lost.code == 5
    assert list(errors(lost)) == [_NIGHTLY]
    assert triggers(site.cloud) == {
        "one": '{"cron":"0 0 11 * * * *"}',
        "nightly": '{"cron":"0 0 4 * * * *"}',
        "three": '{"cron":"0 0 13 * * * *"}',
    }


def test_a_saved_plan_goes_through_the_same_door(site: Site, tmp_path: Path) -> None:
    write_project(site.project, timers(nightly=2))
    assert site.run().code == 0
    write_project(site.project, timers(nightly=3))
    saved = str(tmp_path / "kept.plan")
    assert site.run("plan", saved=saved).code == 0
    site.server.meddle("ListTriggers", lambda: set_timer(site.cloud, 4), nth=2)

    lost = site.run(saved=saved)

    assert lost.code == 1
    assert 'to "0 0 4 * * * *"' in errors(lost)[_NIGHTLY]
    assert triggers(site.cloud) == {"nightly": '{"cron":"0 0 4 * * * *"}'}


def test_the_look_is_one_call_for_all_triggers_of_a_function(site: Site) -> None:
    write_project(site.project, timers(one=1, two=2, three=3))
    assert site.run().code == 0
    write_project(site.project, timers(one=11, two=12, four=4))
    before = len(site.calls("ListTriggers"))

    assert site.run().code == 0

    # One to plan, one before the first write, and one with which a deletion looks for the trigger's own words.
    assert len(site.calls("ListTriggers")) - before == 3


def test_new_function_skips_queries_of_its_resources(site: Site) -> None:
    write_project(site.project, timers(one=1) + "  msgTTL: 60\n  retryNum: 1\n  publish: true\n  aliasName: live\n")
    assert site.run().code == 0
    looks = ("ListTriggers", "ListAliases", "GetFunctionEventInvokeConfig")
    assert [len(site.calls(action)) for action in looks] == [0, 0, 0]


def test_replaced_function_resources_are_not_a_conflict(site: Site) -> None:
    inputs = timers(one=1) + "  msgTTL: 60\n  retryNum: 1\n  publish: true\n  aliasName: live\n"
    write_project(site.project, inputs)
    assert site.run().code == 0
    manifest = site.project / "serverless.yml"
    manifest.write_text(manifest.read_text().replace("Python3.10", "Python3.9"))
    before = len(site.calls("ListTriggers"))

    again = site.run()

    assert again.code == 0, again.stdout
    assert [one["action"] for one in again.document["results"] if one["address"] == "function/default/hello"] == [
        "replace"
    ]
    assert len(site.calls("ListTriggers")) - before == 1
    assert asynchronous(site.cloud) == (60, 1)
