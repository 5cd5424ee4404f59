"""What counts as moved between two looks at a resource, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from scfdeploy.model import Address, Owner, Resource, Secret, Value
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.plan.conflict import describe_conflict

HELLO = Address.of_function("default", "hello")
TIMER = HELLO.trigger("timer", "nightly")
LIVE = HELLO.alias("live")
DEFAULT = HELLO.alias("$DEFAULT")
OURS = Owner("shop", "dev", "api")
THEIRS = Owner("bank", "dev", "api")
AT_TWO = {"cronExpression": "0 0 2 * * * *", "enable": True}
AT_THREE = {"cronExpression": "0 0 3 * * * *", "enable": True}
AT_FOUR = {"cronExpression": "0 0 4 * * * *", "enable": True}


def timer(settings: Mapping[str, Value], owner: Owner | None = OURS, modified: str = "10:00") -> Resource:
    return Resource(TIMER, settings, owner, attributes={"modified": modified})


def change(action: Action, settings: Mapping[str, Value], address: Address = TIMER, **more: Any) -> Change:
    return Change(address, action, "", settings=settings, owner=OURS, **more)


TO_THREE = change(Action.UPDATE, AT_THREE)
REMOVED = change(Action.DELETE, {})
NEW = change(Action.CREATE, AT_TWO)


@pytest.mark.parametrize(
    ("wanted", "seen", "now"),
    [
        (TO_THREE, timer(AT_TWO), timer(AT_TWO)),
        (TO_THREE, timer(AT_TWO), timer(AT_TWO, modified="10:09")),
        (TO_THREE, timer(AT_TWO), timer(AT_THREE)),
        (TO_THREE, timer(AT_TWO, None), timer(AT_TWO, OURS)),
        (REMOVED, timer(AT_TWO), timer(AT_TWO)),
        (REMOVED, timer(AT_TWO), None),
        (replace(TO_THREE, action=Action.REPLACE), timer(AT_TWO), None),
        (NEW, None, None),
    ],
    ids=[
        "as it was",
        "only its time moved",
        "as it is wanted",
        "marked by another run",
        "to go and as it was",
        "to go and gone",
        "to be made again and gone",
        "not there yet",
    ],
)
def test_compatible_state_is_not_a_conflict(wanted: Change, seen: Resource | None, now: Resource | None) -> None:
    assert describe_conflict(wanted, seen, now) is None


@pytest.mark.parametrize(
    ("wanted", "seen", "now", "words"),
    [
        (
            TO_THREE,
            timer(AT_TWO),
            timer({**AT_FOUR, "enable": False}),
            'another client changed cronExpression from "0 0 2 * * * *" to "0 0 4 * * * *" and enable from true '
            "to false since the plan was made",
        ),
        (
            replace(TO_THREE, action=Action.REPLACE),
            timer(AT_TWO),
            timer(AT_THREE),
            'another client changed cronExpression from "0 0 2 * * * *" to "0 0 3 * * * *" since the plan was made',
        ),
        (
            REMOVED,
            timer({}),
            timer(AT_TWO),
            'another client changed cronExpression from nothing to "0 0 2 * * * *" and enable from nothing to true '
            "since the plan was made",
        ),
        (REMOVED, timer(AT_TWO), timer(AT_TWO, THEIRS), "the owner of the trigger changed since the plan was"),
        (REMOVED, timer(AT_TWO, None), timer(AT_TWO), "the owner of the trigger changed since the plan was"),
        (TO_THREE, timer(AT_TWO), timer(AT_TWO, THEIRS), "the owner of the trigger changed since the plan was"),
        (TO_THREE, timer(AT_TWO), None, "the trigger was deleted since the plan was made"),
        (NEW, None, timer(AT_TWO, None), "another client created the trigger since the plan was made"),
        (NEW, None, timer(AT_TWO, THEIRS), "another client created the trigger since the plan was made"),
        (NEW, None, timer(AT_TWO), "another run of this project created the trigger since the plan was made"),
    ],
)
def test_conflict_describes_changed_fields(
    wanted: Change, seen: Resource | None, now: Resource | None, words: str
) -> None:
    said = describe_conflict(wanted, seen, now)
    assert said is not None
    assert said.startswith(words)


def test_old_and_new_route_are_described_in_one_line() -> None:
    shares = ({"version": "2", "weight": 0.1},)
    seen = Resource(LIVE, {"aliasFunctionVersion": "1", "additionalVersionWeights": shares})
    now = Resource(LIVE, {"aliasFunctionVersion": "1", "additionalVersionWeights": ()})
    wanted = change(Action.UPDATE, {**seen.settings, "aliasFunctionVersion": "2"}, LIVE)
    assert describe_conflict(wanted, seen, now) == (
        'another client changed additionalVersionWeights from [{"version": "2", "weight": 0.1}] to [] '
        "since the plan was made"
    )


def test_partly_planned_route_is_a_conflict() -> None:
    shares = ({"version": "2", "weight": 0.5},)
    seen = Resource(LIVE, {"aliasFunctionVersion": "1", "additionalVersionWeights": shares})
    now = Resource(LIVE, {"aliasFunctionVersion": "1", "additionalVersionWeights": ()})
    wanted = change(Action.UPDATE, {"aliasFunctionVersion": "2", "additionalVersionWeights": ()}, LIVE)
    assert describe_conflict(wanted, seen, now) is not None


def test_wanted_state_with_extra_settings_is_a_conflict() -> None:
    seen = Resource(LIVE, {"aliasFunctionVersion": "1"})
    now = Resource(LIVE, {"aliasFunctionVersion": "2", "aliasDescription": "by hand"})
    wanted = change(Action.UPDATE, {"aliasFunctionVersion": "2"}, LIVE)
    assert describe_conflict(wanted, seen, now) is not None
    assert describe_conflict(wanted, seen, replace(now, settings={"aliasFunctionVersion": "2"})) is None


def test_added_routing_rule_is_a_conflict() -> None:
    seen = Resource(LIVE, {"aliasFunctionVersion": "1"}, attributes={"modified": "a"})
    rules = ({"Version": "1", "Key": "invoke.headers.Beta"},)
    now = replace(seen, attributes={"modified": "b", "matches": 1, "rules": rules})
    said = describe_conflict(change(Action.UPDATE, {"aliasFunctionVersion": "2"}, LIVE), seen, now)
    assert said is not None
    assert "rules from nothing to" in said


@pytest.mark.parametrize("address", [DEFAULT, HELLO.asynchronous(), HELLO.reserved(), HELLO.provisioned("1")])
def test_implicit_resource_in_wanted_state_is_not_a_conflict(address: Address) -> None:
    now = Resource(address, {"number": 5})
    assert describe_conflict(change(Action.CREATE, {"number": 5}, address), None, now) is None
    said = describe_conflict(change(Action.CREATE, {"number": 6}, address), None, now)
    assert said == "another client changed number from nothing to 5 since the plan was made"


def test_provisioned_instances_in_planned_state_are_no_conflict() -> None:
    address = HELLO.provisioned("1")
    seen, now = Resource(address, {"provisionedNum": 1}), Resource(address, {"provisionedNum": 2})
    wanted = change(Action.UPDATE, {"provisionedNum": 2, "qualifier": "1"}, address)
    assert describe_conflict(wanted, seen, now) is None
    assert describe_conflict(wanted, seen, replace(now, settings={"provisionedNum": 3})) is not None


def test_concurrently_created_alias_is_named() -> None:
    said = describe_conflict(change(Action.CREATE, {"number": 5}, LIVE), None, Resource(LIVE, {"number": 5}))
    assert said == "another client created the alias since the plan was made"


def test_concurrently_published_layer_version_is_named() -> None:
    layer = Address.of_layer("base")
    seen = Resource(layer, {"runtimes": ("Python3.10",)}, OURS, attributes={"version": 1, "versions": (1,)})
    now = replace(seen, attributes={"version": 2, "versions": (1, 2)})
    said = describe_conflict(change(Action.UPDATE, seen.settings, layer), seen, now)
    assert said == "another client changed version from 1 to 2 since the plan was made"


def function(settings: Mapping[str, Value], modified: str = "10:00", function_id: str = "lam-1") -> Resource:
    return Resource(HELLO, settings, OURS, attributes={"functionId": function_id, "modified": modified})


def test_recreated_function_is_a_different_one() -> None:
    said = describe_conflict(change(Action.DELETE, {}, HELLO), function({}), function({}, function_id="lam-2"))
    assert said == "the function was deleted and recreated since the plan was made"


def test_function_with_any_settings_is_deleted() -> None:
    assert (
        describe_conflict(change(Action.DELETE, {}, HELLO), function({"timeout": 3}), function({"timeout": 9}, "b"))
        is None
    )


def test_modification_time_reveals_hidden_changes() -> None:
    said = describe_conflict(
        change(Action.UPDATE, {}, HELLO), function({"timeout": 3}), function({"timeout": 3}, "10:09")
    )
    assert said == "another client changed the function since the plan was made"


def test_only_written_tags_are_compared_with_same_modification_time() -> None:
    seen = function({"tags": {"team": "a", "cost": "low"}})
    now = function({"tags": {"team": "b", "cost": "low", "more": "x"}})
    other = (FieldChange("tags.cost", "low", "high"),)
    same = (FieldChange("tags.team", "a", "c"),)
    assert describe_conflict(change(Action.UPDATE, {"tags": {"cost": "high"}}, HELLO, fields=other), seen, now) is None
    assert describe_conflict(change(Action.UPDATE, {"tags": {"team": "b"}}, HELLO, fields=same), seen, now) is None
    said = describe_conflict(change(Action.UPDATE, {"tags": {"team": "c"}}, HELLO, fields=same), seen, now)
    assert said == 'another client changed tags.team from "a" to "b" since the plan was made'


def variables(**values: Value) -> dict[str, Value]:
    return {"environment": {"variables": values}}


@pytest.mark.parametrize(
    ("before", "now", "wanted", "fields"),
    [
        (Secret("hunter2"), Secret("hunter3"), "plain", ()),
        ("hunter2", "hunter3", Secret("hunter4"), ()),
        ("hunter2", "hunter3", "plain", (FieldChange("environment.variables.WORD", 1, 2, sensitive=True),)),
    ],
    ids=["secret in the cloud", "secret in the file", "sensitive in the plan"],
)
def test_secrets_are_stars(before: Value, now: Value, wanted: Value, fields: tuple[FieldChange, ...]) -> None:
    said = describe_conflict(
        change(Action.UPDATE, variables(WORD=wanted), HELLO, fields=fields),
        function(variables(WORD=before)),
        function(variables(WORD=now), "10:09"),
    )
    assert said == 'another client changed environment.variables.WORD from "***" to "***" since the plan was made'


def test_secret_name_redacts_value_everywhere() -> None:
    said = describe_conflict(REMOVED, timer({**AT_TWO, "password": "hunter2"}), timer(AT_TWO))
    assert said == 'another client changed password from "***" to nothing since the plan was made'


def test_secret_in_planned_state_is_no_conflict() -> None:
    seen, now = timer({"token": Secret("a")}), timer({"token": Secret("b")})
    assert describe_conflict(change(Action.UPDATE, {"token": Secret("b")}), seen, now) is None


def test_long_conflict_is_truncated() -> None:
    many: dict[str, Value] = {f"s{number:02}": "x" * 100 for number in range(12)}
    said = describe_conflict(TO_THREE, timer({}), timer(many))
    assert said is not None
    assert said.endswith("and 4 more since the plan was made")
    assert f'to "{"x" * 58}…,' in said
