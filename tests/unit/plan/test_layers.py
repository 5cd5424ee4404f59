"""Layers: when there is a next version, and which of the old ones go when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.diagnostics import Span
from scfdeploy.facts import limit
from scfdeploy.model import Address, Bundle, LayerSpec, Observed, Owner, Project, Resource, Value
from scfdeploy.plan import Plan, Policy, make_destroy_plan, make_plan
from tests.support.builders import OWNER, STRANGER, cloud, deployed, function, project

BASE = Address.of_layer("base")
HERE = Span.at("serverless.yml")
SETTINGS: dict[str, Value] = {"runtimes": ("Python3.10", "Python3.9"), "description": "Shared"}
MOST = limit("layers.versions.max")


def with_layer(*, layers: tuple[Value, ...] = (), **settings: Value) -> Project:
    """A project of a layer and a function that uses these."""
    spec = LayerSpec(BASE, OWNER, "ap-guangzhou", {**SETTINGS, **settings}, None, {}, {}, HERE)
    made = project(function("hello", layers=layers))
    return replace(made, instances=(replace(made.instances[0], layers=(spec,)),))


def bundle(content: str = "cc" * 32) -> dict[Address, Bundle]:
    return {BASE: Bundle(BASE, "aa" * 32, content, 100, 1, path="/base.zip")}


def published(
    *versions: int, others: tuple[int, ...] = (), owner: Owner | None = OWNER, state: str = "Active", **settings: Value
) -> Resource:
    facts: dict[str, Value] = {
        "version": max((*versions, *others)),
        "versions": versions,
        "others": others,
        "content": "cc" * 16,
    }
    return Resource(BASE, {**SETTINGS, **settings}, owner, state, facts=facts)


def seen(layer: Resource, *mounted: int) -> Observed:
    layers = tuple({"name": "base", "version": version} for version in mounted)
    return cloud(layer, deployed(function("hello", layers=layers)))


def shown(plan: Plan) -> list[str]:
    return [f"{change.action} {change.address}" for change in plan.changes if change.action != "no-op"]


@pytest.mark.parametrize(
    ("wanted", "there", "packed"),
    [
        ({}, {}, "cc" * 32),
        ({"runtimes": ("Python3.9", "Python3.10")}, {}, "cc" * 32),
        ({"description": " Shared\n"}, {}, "cc" * 32),
    ],
)
def test_what_says_the_same_makes_no_version(wanted: dict[str, Value], there: dict[str, Value], packed: str) -> None:
    assert shown(make_plan(with_layer(**wanted), bundle(packed), seen(published(1, **there)), Policy())) == []


@pytest.mark.parametrize(
    ("wanted", "layer", "packed"),
    [
        ({}, published(1), "dd" * 32),
        ({"runtimes": ("Python3.10",)}, published(1), "cc" * 32),
        ({"description": ""}, published(1), "cc" * 32),
        ({}, published(1, state="PublishFailed"), "cc" * 32),
    ],
)
def test_what_differs_makes_the_next_version(wanted: dict[str, Value], layer: Resource, packed: str) -> None:
    assert shown(make_plan(with_layer(**wanted), bundle(packed), seen(layer), Policy())) == ["update layer/base"]


def test_a_description_that_is_not_written_goes_on_into_the_next_version() -> None:
    wanted = with_layer()
    spec = replace(wanted.layers[0], settings={"runtimes": SETTINGS["runtimes"]})
    wanted = replace(wanted, instances=(replace(wanted.instances[0], layers=(spec,)),))
    plan = make_plan(wanted, bundle("dd" * 32), seen(published(1)), Policy())
    change = next(change for change in plan.changes if change.address == BASE)
    assert change.settings["description"] == "Shared"
    assert [field.path for field in change.fields] == ["src", "version"]


@pytest.mark.parametrize(("owner", "rule"), [(None, "not-owned"), (STRANGER, "owned-by-another")])
def test_what_is_not_ours_is_refused(owner: Owner | None, rule: str) -> None:
    plan = make_plan(with_layer(), bundle(), seen(published(1, owner=owner)), Policy())
    assert [(refusal.address, refusal.rule) for refusal in plan.refused] == [(BASE, rule)]


def test_old_versions_that_are_used_stay() -> None:
    observed = seen(published(1, 2, 3, 4), 2)
    pinned = with_layer(layers=({"name": "base", "version": 2},))
    assert shown(make_plan(pinned, bundle(), observed, Policy(keep=1))) == [
        "delete layer/base/1",
        "delete layer/base/3",
    ]


def test_a_version_goes_after_the_function_that_stops_using_it() -> None:
    observed = seen(published(1, 2), 1)
    moved = with_layer(layers=({"name": "base", "version": 2},))
    plan = make_plan(moved, bundle(), observed, Policy(keep=1))
    assert shown(plan) == ["update function/default/hello", "delete layer/base/1"]
    assert plan.changes[-1].requires == (Address.of_function("default", "hello"),)


def test_old_versions_go_after_the_next_one_is_published() -> None:
    plan = make_plan(with_layer(), bundle("dd" * 32), seen(published(1, 2)), Policy(keep=2))
    assert shown(plan) == ["update layer/base", "delete layer/base/1"]


def test_a_full_layer_says_so_and_old_versions_make_room_first() -> None:
    full = seen(published(*range(1, MOST + 1)))
    warned = make_plan(with_layer(), bundle("dd" * 32), full, Policy())
    assert f"It has {MOST} versions" in next(one for one in warned.changes if one.address == BASE).warnings[0]
    plan = make_plan(with_layer(), bundle("dd" * 32), full, Policy(keep=MOST - 1))
    assert shown(plan) == ["delete layer/base/1", "delete layer/base/2", "update layer/base"]
    assert make_plan(with_layer(), bundle("dd" * 32), full, Policy(keep=1)).changes[-1].address.name == f"base/{MOST}"


def test_destroy_keeps_what_others_published() -> None:
    plan = make_destroy_plan(with_layer(), seen(published(2, 3, others=(1,)), 3), Policy())
    assert shown(plan) == ["delete function/default/hello", "delete layer/base"]
    assert plan.changes[-1].fields[0].before == (2, 3)
    assert plan.left_alone == ((BASE, "version 1 was not published by this project"),)
