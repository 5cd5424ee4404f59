"""Layers: when there is a next version, and which of the old ones go when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.diagnostics import Span
from scfdeploy.facts import limit
from scfdeploy.model import Address, Bundle, LayerSpec, Observed, Owner, Project, Ref, Resource, Value
from scfdeploy.plan import Action, Change, FieldChange, Plan, Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
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
    return Resource(BASE, {**SETTINGS, **settings}, owner, state, attributes=facts)


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
def test_equal_layer_publishes_no_version(wanted: dict[str, Value], there: dict[str, Value], packed: str) -> None:
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
def test_changed_layer_publishes_next_version(wanted: dict[str, Value], layer: Resource, packed: str) -> None:
    assert shown(make_plan(with_layer(**wanted), bundle(packed), seen(layer), Policy())) == ["update layer/base"]


def test_unwritten_description_is_kept_in_next_version() -> None:
    wanted = with_layer()
    spec = replace(wanted.layers[0], settings={"runtimes": SETTINGS["runtimes"]})
    wanted = replace(wanted, instances=(replace(wanted.instances[0], layers=(spec,)),))
    plan = make_plan(wanted, bundle("dd" * 32), seen(published(1)), Policy())
    change = next(change for change in plan.changes if change.address == BASE)
    assert change.settings["description"] == "Shared"
    assert [field.path for field in change.fields] == ["src", "version"]


@pytest.mark.parametrize(("owner", "rule"), [(None, "not-owned"), (STRANGER, "owned-by-another")])
def test_layer_of_another_owner_is_rejected(owner: Owner | None, rule: str) -> None:
    plan = make_plan(with_layer(), bundle(), seen(published(1, owner=owner)), Policy())
    assert [(refusal.address, refusal.rule) for refusal in plan.rejected] == [(BASE, rule)]


def test_old_versions_in_use_are_kept() -> None:
    observed = seen(published(1, 2, 3, 4), 2)
    pinned = with_layer(layers=({"name": "base", "version": 2},))
    assert shown(make_plan(pinned, bundle(), observed, Policy(keep=1))) == [
        "delete layer/base/1",
        "delete layer/base/3",
    ]


def test_version_is_deleted_after_function_stops_using_it() -> None:
    observed = seen(published(1, 2), 1)
    moved = with_layer(layers=({"name": "base", "version": 2},))
    plan = make_plan(moved, bundle(), observed, Policy(keep=1))
    assert shown(plan) == ["update function/default/hello", "delete layer/base/1"]
    assert plan.changes[-1].requires == (Address.of_function("default", "hello"),)


def test_old_versions_are_deleted_after_next_is_published() -> None:
    plan = make_plan(with_layer(), bundle("dd" * 32), seen(published(1, 2)), Policy(keep=2))
    assert shown(plan) == ["update layer/base", "delete layer/base/1"]


def test_full_layer_warns_and_deletes_old_versions_first() -> None:
    full = seen(published(*range(1, MOST + 1)))
    warned = make_plan(with_layer(), bundle("dd" * 32), full, Policy())
    assert f"It has {MOST} versions" in next(one for one in warned.changes if one.address == BASE).warnings[0]
    plan = make_plan(with_layer(), bundle("dd" * 32), full, Policy(keep=MOST - 1))
    assert shown(plan) == ["delete layer/base/1", "delete layer/base/2", "update layer/base"]
    assert make_plan(with_layer(), bundle("dd" * 32), full, Policy(keep=1)).changes[-1].address.name == f"base/{MOST}"


def test_destroy_keeps_versions_of_others() -> None:
    plan = make_destroy_plan(with_layer(), seen(published(2, 3, others=(1,)), 3), Policy())
    assert shown(plan) == ["delete function/default/hello", "delete layer/base"]
    assert plan.changes[-1].fields[0].before == (2, 3)
    assert plan.unmanaged == ((BASE, "version 1 was not published by this project"),)


def change_of(plan: Plan, address: Address = BASE) -> Change:
    return next(change for change in plan.changes if change.address == address)


def test_new_layer_is_created_with_content() -> None:
    change = change_of(make_plan(with_layer(runtimes=["b", "a", "b"]), bundle(), cloud(), Policy()))
    assert change == Change(
        BASE,
        Action.CREATE,
        "does not exist yet",
        (
            FieldChange("runtimes", None, ("a", "b")),
            FieldChange("description", None, "Shared"),
            FieldChange("src", None, {"sha256": "cc" * 32, "size": 100}),
            FieldChange("version", None, Ref(BASE, "version")),
        ),
        {"runtimes": ("a", "b"), "description": "Shared"},
        OWNER,
    )


def test_layer_without_bundle_is_created_without_content() -> None:
    change = change_of(make_plan(with_layer(), {}, cloud(), Policy()))
    assert [field.path for field in change.fields] == ["runtimes", "description", "version"]


def test_unchanged_layer_has_reason() -> None:
    change = change_of(make_plan(with_layer(), bundle(), seen(published(1)), Policy()))
    assert change == Change(
        BASE,
        Action.NO_OP,
        "matches the configuration",
        settings={"runtimes": ("Python3.10", "Python3.9"), "description": "Shared"},
        owner=OWNER,
    )


def test_next_version_has_all_settings_and_owner() -> None:
    change = change_of(make_plan(with_layer(), bundle("dd" * 32), seen(published(1)), Policy()))
    assert (change.reason, change.owner) == ("code differs (100 B, sha256 dddddddd…)", OWNER)
    assert change.fields == (
        FieldChange("src", {"sha256": "cc" * 16}, {"sha256": "dd" * 32, "size": 100}),
        FieldChange("version", 1, Ref(BASE, "version")),
    )


@pytest.mark.parametrize("shown", ["", None])
def test_unrecorded_content_counts_as_different(shown: str | None) -> None:
    there = published(1)
    there = replace(there, attributes={**there.attributes, "content": shown})
    change = change_of(make_plan(with_layer(), bundle(), seen(there), Policy()))
    assert change.fields[0] == FieldChange("src", None, {"sha256": "cc" * 32, "size": 100})


def test_cos_content_is_shown_by_bucket_and_object() -> None:
    packed = bundle("dd" * 32)[BASE]

    def told(**changed: str | None) -> Value:
        wanted = {BASE: replace(packed, **changed)}  # type: ignore[arg-type]
        return change_of(make_plan(with_layer(), wanted, seen(published(1)), Policy())).fields[0].after

    assert told(path=None, bucket="code", object="base.zip") == {"bucket": "code", "object": "base.zip"}
    local = {"sha256": "dd" * 32, "size": 100}
    assert told(path=None) == told(bucket="code", object="base.zip") == local


def test_failed_version_is_reported_with_differences() -> None:
    failed = seen(published(1, state="PublishFailed"))
    reason = "publishing its newest version failed"
    assert change_of(make_plan(with_layer(), bundle(), failed, Policy())).reason == reason
    change = change_of(make_plan(with_layer(description="new"), bundle(), failed, Policy()))
    assert change.reason == f"description differs; {reason}"


def test_unowned_layer_can_be_adopted() -> None:
    adopted = "adopt: exists without an ownership tag, and gets a version with that of this project"
    unmarked = seen(published(1, owner=None))
    assert change_of(make_plan(with_layer(), bundle(), unmarked, Policy(adopt=True))).reason == adopted
    plan = make_plan(with_layer(description="new"), bundle(), unmarked, Policy(adopt=True))
    assert change_of(plan).reason == f"{adopted}; description differs"


def test_versions_of_others_count_towards_limit() -> None:
    full = published(*range(1, MOST), others=(MOST,))
    change = change_of(make_plan(with_layer(), bundle("dd" * 32), seen(full), Policy()))
    assert change.warnings == (f"It has {MOST} versions, the most that the platform keeps; --keep deletes old ones.",)
    almost = published(*range(1, MOST - 1), others=(MOST,))
    assert change_of(make_plan(with_layer(), bundle("dd" * 32), seen(almost), Policy())).warnings == ()


class TestKeep:
    @pytest.mark.parametrize(("keep", "old"), [(None, []), (4, []), (3, []), (2, [1]), (1, [1, 2]), (0, [1, 2])])
    def test_keep_never_deletes_newest_version(self, keep: int | None, old: list[int]) -> None:
        plan = make_plan(with_layer(), bundle(), seen(published(1, 2, 3)), Policy(keep=keep))
        assert shown(plan) == [f"delete layer/base/{version}" for version in old]

    @pytest.mark.parametrize(("keep", "old"), [(4, []), (3, [1])])
    def test_keep_counts_the_new_version(self, keep: int, old: list[int]) -> None:
        plan = make_plan(with_layer(), bundle("dd" * 32), seen(published(1, 2, 3)), Policy(keep=keep))
        assert shown(plan) == ["update layer/base", *(f"delete layer/base/{version}" for version in old)]

    def test_deletion_has_versions_and_reason(self) -> None:
        plan = make_plan(with_layer(), bundle("dd" * 32), seen(published(1, 2)), Policy(keep=2))
        old = Address.of_layer("base", 1)
        assert change_of(plan, old) == Change(
            old,
            Action.DELETE,
            "is beyond the newest 2 that --keep leaves, and no function of the project uses it",
            (FieldChange("versions", (1,), None),),
            owner=OWNER,
            requires=(BASE,),
        )

    def test_new_version_does_not_wait_with_free_capacity(self) -> None:
        plan = make_plan(with_layer(), bundle("dd" * 32), seen(published(*range(1, MOST))), Policy(keep=MOST - 1))
        assert shown(plan) == ["update layer/base", "delete layer/base/1"]

    def test_full_layer_deletes_unused_version_before_update(self) -> None:
        full = seen(published(*range(1, MOST + 1)), 1)
        plan = make_plan(with_layer(), bundle("dd" * 32), full, Policy(keep=MOST - 1))
        assert shown(plan) == [
            "delete layer/base/2",
            "update layer/base",
            "update function/default/hello",
            "delete layer/base/1",
        ]
        assert change_of(plan).requires == (Address.of_layer("base", 2),)


class TestRemoval:
    def test_removal_names_versions_of_others(self) -> None:
        plan = make_destroy_plan(with_layer(), seen(published(3, others=(2, 1))), Policy())
        assert plan.unmanaged == ((BASE, "versions 1 and 2 were not published by this project"),)
        assert change_of(plan).owner == OWNER
        assert change_of(plan).reason == "belongs to this project"

    def test_removal_of_versions_of_others_only_is_empty(self) -> None:
        plan = make_destroy_plan(with_layer(), cloud(published(others=(1,))), Policy())
        assert (shown(plan), [address for address, _ in plan.unmanaged]) == ([], [BASE])

    def test_removal_keeps_versions_in_use(self) -> None:
        other = deployed(function("other", layers=({"name": "base", "version": 1},)), owner=STRANGER)
        plan = make_destroy_plan(with_layer(), cloud(published(1, 2), other), Policy())
        assert plan.unmanaged == ((Address.of_layer("base", 1), "is used by function/default/other"),)
        assert change_of(plan).fields == (FieldChange("versions", (2,), None),)

    @pytest.mark.parametrize(
        ("owner", "words"),
        [(None, "is not managed by this project"), (STRANGER, 'belongs to app "blog", stage "prod"')],
    )
    def test_unowned_resources_are_kept(self, owner: Owner | None, words: str) -> None:
        plan = make_destroy_plan(with_layer(), cloud(published(1, owner=owner)), Policy())
        assert (shown(plan), plan.unmanaged) == ([], ((BASE, words),))
