"""Instances that are kept ready, and concurrency that is reserved: what moves, what goes, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from scfdeploy.model import Address, FunctionSpec, Ref, Resource, Value
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY
from scfdeploy.plan import Action, Change, FieldChange, Policy
from scfdeploy.plan.edges import PlanFragment
from scfdeploy.plan.resources.concurrency import plan_concurrency, plan_concurrency_of_new
from tests.support.builders import HELLO, OWNER, function, with_requires

NEXT = Ref(HELLO, "version")
RESERVED, PUBLISHED = HELLO.reserved(), HELLO.provisioned("published")
PROD = HELLO.alias("prod")
KEPT_FOR_ALIAS = "is not released: an alias routes to this version; provisionedNum: 0 with its qualifier does it"


def ready(version: str, number: int) -> Resource:
    return Resource(HELLO.provisioned(version), {"provisionedNum": number})


def reserved(memory: int) -> Resource:
    return Resource(RESERVED, {"reservedConcurrencyMem": memory})


def alias(version: str) -> Resource:
    return Resource(PROD, {"aliasFunctionVersion": version, "additionalVersionWeights": ()})


def plan(
    spec: FunctionSpec, *exists: Resource, version: Value = None, prune: bool = False, aliases: Iterable[Change] = ()
) -> PlanFragment:
    concurrency = {each.address: each for each in exists if each.address.kind is CONCURRENCY}
    by_alias = {each.address: each.settings for each in exists if each.address.kind is ALIAS}
    by_alias |= {change.address: change.settings for change in aliases}
    settings = by_alias.values()
    return with_requires(plan_concurrency(spec, concurrency, version, policy=Policy(prune=prune), aliases=settings))


def plan_of_new(spec: FunctionSpec) -> PlanFragment:
    return with_requires(plan_concurrency_of_new(spec))


def shown(part: PlanFragment) -> list[tuple[str, Address]]:
    return [(str(change.action), change.address) for change in part.changes]


def gone(version: str, number: int, reason: str, *after: Address) -> Change:
    """The deletion of the instances of a version."""
    fields = (FieldChange("provisionedNum", number, None),)
    return Change(HELLO.provisioned(version), Action.DELETE, reason, fields, owner=OWNER, requires=(*after,))


class TestOfANewFunction:
    def test_unwritten_concurrency_has_no_change(self) -> None:
        assert plan_of_new(function()) == PlanFragment()
        assert plan_of_new(function(provisionedNum=0, reservedConcurrencyMem=-1)) == PlanFragment()

    def test_new_function_reserves_before_it_provisions(self) -> None:
        part = plan_of_new(function(provisionedNum="2", reservedConcurrencyMem=256))
        assert part == PlanFragment(
            (
                Change(
                    RESERVED,
                    Action.CREATE,
                    "is created with its function",
                    (FieldChange("reservedConcurrencyMem", None, 256),),
                    {"reservedConcurrencyMem": 256},
                    OWNER,
                    (HELLO,),
                ),
                Change(
                    PUBLISHED,
                    Action.CREATE,
                    "is created with its function",
                    (FieldChange("provisionedNum", None, 2),),
                    {"provisionedNum": 2, "qualifier": NEXT},
                    OWNER,
                    (HELLO, RESERVED),
                ),
            )
        )

    def test_reservation_needs_no_provisioned_instances(self) -> None:
        assert shown(plan_of_new(function(reservedConcurrencyMem=0))) == [("create", RESERVED)]

    def test_instances_can_be_of_a_named_version(self) -> None:
        (change,) = plan_of_new(function(provisionedNum=2, qualifier=3)).changes
        assert (change.address, change.requires) == (HELLO.provisioned("3"), (HELLO,))
        assert change.settings == {"provisionedNum": 2, "qualifier": "3"}


class TestReserved:
    def test_missing_one_is_created(self) -> None:
        (change,) = plan(function(reservedConcurrencyMem=128)).changes
        assert (change.action, change.reason) == (Action.CREATE, "is created with its function")
        assert plan(function(reservedConcurrencyMem=-1)) == PlanFragment()

    def test_existing_one_is_updated(self) -> None:
        assert plan(function(reservedConcurrencyMem=128), reserved(256)) == PlanFragment(
            (
                Change(
                    RESERVED,
                    Action.UPDATE,
                    "reservedConcurrencyMem differs",
                    (FieldChange("reservedConcurrencyMem", 256, 128),),
                    {"reservedConcurrencyMem": 128},
                    OWNER,
                    (HELLO,),
                ),
            )
        )

    def test_unchanged_value_is_no_change(self) -> None:
        (change,) = plan(function(reservedConcurrencyMem=128), reserved(128)).changes
        assert (change.action, change.reason) == (Action.NO_OP, "matches the configuration")

    def test_unwritten_reservation_is_unmanaged(self) -> None:
        assert plan(function(), reserved(128)) == PlanFragment()


class TestOfANamedVersion:
    SPEC = function(provisionedNum=3, qualifier="2")

    def test_missing_instances_are_created(self) -> None:
        assert plan(self.SPEC) == PlanFragment(
            (
                Change(
                    HELLO.provisioned("2"),
                    Action.CREATE,
                    "does not exist yet",
                    (FieldChange("provisionedNum", None, 3),),
                    {"provisionedNum": 3, "qualifier": "2"},
                    OWNER,
                    (HELLO,),
                ),
            )
        )

    def test_existing_one_is_updated(self) -> None:
        assert plan(self.SPEC, ready("2", 1)) == PlanFragment(
            (
                Change(
                    HELLO.provisioned("2"),
                    Action.UPDATE,
                    "provisionedNum differs",
                    (FieldChange("provisionedNum", 1, 3),),
                    {"provisionedNum": 3, "qualifier": "2"},
                    OWNER,
                    (HELLO,),
                ),
            )
        )

    def test_unchanged_value_is_no_change(self) -> None:
        (change,) = plan(self.SPEC, ready("2", 3)).changes
        assert (change.action, change.reason) == (Action.NO_OP, "matches the configuration")

    def test_zero_instances_releases_them(self) -> None:
        spec = function(provisionedNum=0, qualifier="2")
        assert plan(spec, ready("2", 3)).changes == (gone("2", 3, "provisionedNum is 0", HELLO),)
        assert plan(spec) == PlanFragment()

    def test_instances_of_other_versions_are_reported_and_kept(self) -> None:
        part = plan(self.SPEC, ready("1", 5), ready("2", 3))
        assert shown(part) == [("no-op", HELLO.provisioned("2"))]
        assert part.unmanaged == ((HELLO.provisioned("1"), "is not in the file; --prune releases the instances"),)

    def test_prune_releases_instances_of_other_versions(self) -> None:
        part = plan(self.SPEC, ready("1", 5), ready("2", 3), prune=True)
        assert part.changes[1:] == (gone("1", 5, "is not in the file, and --prune is given", HELLO),)
        assert part.unmanaged == ()


class TestOfThePublishedVersion:
    SPEC = function(provisionedNum=2)

    def test_unwritten_concurrency_has_no_change(self) -> None:
        assert plan(function(), ready("1", 2), prune=True) == PlanFragment()

    def test_zero_instances_releases_all(self) -> None:
        part = plan(function(provisionedNum=0), ready("1", 2), ready("2", 1), reserved(64))
        assert part.changes == (gone("1", 2, "provisionedNum is 0", HELLO), gone("2", 1, "provisionedNum is 0", HELLO))

    def test_published_version_gets_first_instances(self) -> None:
        assert plan(self.SPEC, version="3") == PlanFragment(
            (
                Change(
                    PUBLISHED,
                    Action.CREATE,
                    "does not exist yet",
                    (FieldChange("provisionedNum", None, 2), FieldChange("qualifier", None, "3")),
                    {"provisionedNum": 2, "qualifier": "3"},
                    OWNER,
                    (HELLO,),
                ),
            )
        )

    def test_published_version_keeps_its_instances(self) -> None:
        part = plan(self.SPEC, ready("3", 2), version="3")
        assert (shown(part), part.changes[0].reason) == ([("no-op", PUBLISHED)], "matches the configuration")

    def test_published_version_takes_over(self) -> None:
        part = plan(self.SPEC, ready("3", 2), version=NEXT)
        assert part == PlanFragment(
            (
                Change(
                    PUBLISHED,
                    Action.UPDATE,
                    "qualifier differs",
                    (FieldChange("qualifier", "3", NEXT),),
                    {"provisionedNum": 2, "qualifier": NEXT},
                    OWNER,
                    (HELLO,),
                ),
                gone("3", 2, "the version that is published replaces this one", PUBLISHED),
            )
        )

    def test_old_version_is_released_after_alias_change(self) -> None:
        spec = function(provisionedNum=2, publish=True, aliasName="prod")
        moved = Change(PROD, Action.UPDATE, "", settings={"aliasFunctionVersion": NEXT})
        part = plan(spec, ready("3", 2), alias("3"), version=NEXT, aliases=[moved])
        assert part.changes[1].requires == (PUBLISHED, PROD)

    @pytest.mark.parametrize("aliases", [(), (Change(PROD, Action.NO_OP, "", settings={"aliasFunctionVersion": "3"}),)])
    def test_instances_of_version_with_alias_are_kept(self, aliases: tuple[Change, ...]) -> None:
        part = plan(self.SPEC, ready("3", 2), alias("3"), version=NEXT, aliases=aliases)
        assert shown(part) == [("update", PUBLISHED)]
        assert part.unmanaged == ((HELLO.provisioned("3"), KEPT_FOR_ALIAS),)

    def test_instances_move_from_highest_version_only(self) -> None:
        part = plan(self.SPEC, ready("9", 1), ready("10", 2), ready("8", 1), ready("odd", 4), version="11")
        assert shown(part) == [("update", PUBLISHED), ("delete", HELLO.provisioned("10"))]
        assert part.changes[0].fields == (FieldChange("qualifier", "10", "11"),)
        assert [address for address, _ in part.unmanaged] == [HELLO.provisioned("8"), HELLO.provisioned("9")]

    def test_prune_releases_instances_of_all_others(self) -> None:
        part = plan(self.SPEC, ready("1", 1), ready("2", 2), version="3", prune=True)
        assert shown(part) == [
            ("update", PUBLISHED),
            ("delete", HELLO.provisioned("2")),
            ("delete", HELLO.provisioned("1")),
        ]

    def test_prune_keeps_instances_of_version_with_alias(self) -> None:
        part = plan(self.SPEC, ready("1", 1), ready("2", 2), alias("2"), version="3", prune=True)
        assert shown(part) == [("update", PUBLISHED), ("delete", HELLO.provisioned("1"))]
        assert part.unmanaged == ((HELLO.provisioned("2"), KEPT_FOR_ALIAS),)

    def test_earlier_versions_are_kept_if_published_one_has_instances(self) -> None:
        part = plan(self.SPEC, ready("2", 1), ready("3", 1), version="3")
        assert shown(part) == [("update", PUBLISHED)]
        assert part.changes[0].fields == (FieldChange("provisionedNum", 1, 2),)
        assert [address for address, _ in part.unmanaged] == [HELLO.provisioned("2")]


class TestOrder:
    """Provisioned instances are taken out of what is reserved."""

    def test_growing_reservation_comes_first(self) -> None:
        part = plan(function(provisionedNum=2, reservedConcurrencyMem=512), reserved(256), version="3")
        assert [(change.address, change.requires) for change in part.changes] == [
            (RESERVED, (HELLO,)),
            (PUBLISHED, (HELLO, RESERVED)),
        ]

    @pytest.mark.parametrize(
        ("there", "wanted"),
        [((reserved(512),), 256), ((reserved(-1),), 256), ((), 256), ((reserved(512),), 0)],
        ids=["less", "from no limit", "new", "none"],
    )
    def test_shrinking_reservation_comes_last(self, there: tuple[Resource, ...], wanted: int) -> None:
        part = plan(function(provisionedNum=2, reservedConcurrencyMem=wanted), *there, version="3")
        assert [(change.address, change.requires) for change in part.changes] == [
            (PUBLISHED, (HELLO,)),
            (RESERVED, (HELLO, PUBLISHED)),
        ]

    def test_removed_reservation_comes_first(self) -> None:
        part = plan(function(provisionedNum=2, reservedConcurrencyMem=-1), reserved(256), version="3")
        assert [change.address for change in part.changes] == [RESERVED, PUBLISHED]

    def test_unchanged_reservation_comes_first(self) -> None:
        part = plan(function(provisionedNum=2, reservedConcurrencyMem=256), reserved(256), version="3")
        assert shown(part) == [("no-op", RESERVED), ("create", PUBLISHED)]
