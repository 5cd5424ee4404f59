"""Aliases: where each leads, who shares its calls, and what changes when the file says otherwise."""

from __future__ import annotations

import pytest

from scfdeploy.model import FunctionSpec, Ref, Resource, Value
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.plan.resources.alias import (
    alias_addresses,
    plan_aliases,
    plan_aliases_of_new,
    versions_in,
    weights,
)
from tests.support.builders import HELLO, OWNER, function, with_requires

RULES = "Its rules that select a version by a request header are removed."

DEFAULT, PROD = HELLO.alias("$DEFAULT"), HELLO.alias("prod")
NEXT = Ref(HELLO, "version")
BEFORE = (HELLO, HELLO.provisioned("published"))
MAIN, MORE = "aliasFunctionVersion", "additionalVersionWeights"


def shares(*given: tuple[Value, Value]) -> tuple[Value, ...]:
    return tuple({"version": version, "weight": weight} for version, weight in given)


def leading(main: str, *given: tuple[Value, Value], name: str = "$DEFAULT", **facts: Value) -> Resource:
    """An alias as the cloud shows it."""
    settings: dict[str, Value] = {"aliasDescription": "", MAIN: main, MORE: shares(*given)}
    return Resource(HELLO.alias(name), settings, attributes=facts)


def planned(spec: FunctionSpec, *exists: Resource, version: Value = None) -> Change:
    """The one change of the aliases."""
    part = with_requires(plan_aliases(spec, {each.address: each for each in exists}, version))
    (change,) = part.changes
    assert (part.rejected, part.unmanaged) == ((), ())
    return change


def fields(change: Change) -> list[tuple[str, Value, Value]]:
    return [(field.path, field.before, field.after) for field in change.fields]


class TestTraffic:
    """`traffic` and `lastVersion`: what `$DEFAULT` keeps on `$LATEST`, and who gets the rest."""

    def test_traffic_is_planned_with_new_function(self) -> None:
        part = with_requires(plan_aliases_of_new(function(publish=True, traffic=0.9)))

        assert part.rejected == ()
        assert part.changes == (
            Change(
                DEFAULT,
                Action.CREATE,
                "is created with its function; the version that is published gets the rest",
                (FieldChange("traffic", 1, 0.9),),
                {MAIN: "$LATEST", MORE: shares((NEXT, 0.1))},
                OWNER,
                BEFORE,
            ),
        )

    def test_traffic_of_new_function_without_version_is_left_out(self) -> None:
        part = plan_aliases_of_new(function(traffic=0.9))
        reason = "traffic has no effect yet: the function has no published version; `publish: true` publishes one"

        assert (part.changes, part.rejected) == ((), ())
        assert part.unmanaged == ((DEFAULT, reason),)

    def test_traffic_of_new_function_reaches_its_first_version(self) -> None:
        (change,) = plan_aliases_of_new(function(publish=True, traffic=0.9, lastVersion="1")).changes
        assert change.settings[MORE] == shares(("1", 0.1))

    def test_traffic_of_function_without_version_is_left_out(self) -> None:
        part = plan_aliases(function(traffic=0.9), {DEFAULT: leading("$LATEST")}, None)
        assert (part.changes, part.rejected) == ((), ())
        assert [address for address, _ in part.unmanaged] == [DEFAULT]

    def test_full_traffic_of_new_function_needs_no_alias(self) -> None:
        assert plan_aliases_of_new(function(traffic=1)).changes == ()
        assert plan_aliases(function(traffic=1.0), {}, "3").changes == ()

    def test_zero_traffic_routes_all_to_version(self) -> None:
        change = planned(function(traffic=0), leading("$LATEST"), version="3")
        assert fields(change) == [("traffic", 1, 0)]
        assert change.settings[MORE] == shares(("3", 1))

    def test_added_traffic_uses_newest_version(self) -> None:
        change = planned(function(traffic=0.75), leading("$LATEST"), version="3")
        assert change == Change(
            DEFAULT,
            Action.UPDATE,
            "traffic differs; version 3 gets the rest",
            (FieldChange("traffic", 1, 0.75),),
            {"aliasDescription": "", MAIN: "$LATEST", MORE: shares(("3", 0.25))},
            OWNER,
            BEFORE,
        )

    def test_traffic_can_be_text_and_is_rounded(self) -> None:
        change = planned(function(traffic="0.9000000001"), leading("$LATEST"), version="3")
        assert fields(change) == [("traffic", 1, 0.9)]
        assert change.settings[MORE] == shares(("3", 0.1))

    def test_traffic_of_invalid_type_means_all(self) -> None:
        assert planned(function(traffic=()), leading("$LATEST")).action is Action.NO_OP

    def test_traffic_keeps_current_second_version(self) -> None:
        change = planned(function(traffic=0.5), leading("$LATEST", ("2", 0.1)), version="3")
        assert (change.reason, fields(change)) == ("traffic differs", [("traffic", 0.9, 0.5)])
        assert change.settings[MORE] == shares(("2", 0.5))

    def test_published_version_takes_over(self) -> None:
        change = planned(function(traffic=0.9, publish=True), leading("$LATEST", ("2", 0.1)), version=NEXT)
        assert (change.reason, fields(change)) == ("lastVersion differs", [("lastVersion", "2", NEXT)])

    @pytest.mark.parametrize("written", ["5", 5])
    def test_written_version_has_precedence(self, written: Value) -> None:
        spec = function(traffic=0.9, publish=True, lastVersion=written)
        change = planned(spec, leading("$LATEST", ("2", 0.1)), version=NEXT)
        assert fields(change) == [("lastVersion", "2", "5")]
        assert change.settings[MORE] == shares(("5", 0.1))

    def test_empty_version_counts_as_unwritten(self) -> None:
        change = planned(function(traffic=0.9, lastVersion=""), leading("$LATEST"), version="3")
        assert change.settings[MORE] == shares(("3", 0.1))

    def test_unchanged_traffic_is_no_change(self) -> None:
        change = planned(function(traffic=0.9), leading("$LATEST", ("2", 0.1), matches=1))
        assert (change.action, change.reason, change.fields) == (Action.NO_OP, "matches the configuration", ())
        assert change.warnings == ()

    def test_increased_traffic_returns_calls_to_latest(self) -> None:
        change = planned(function(traffic=1), leading("3", ("2", 0.1), ("1", 0.1), matches=1))
        assert fields(change) == [(MAIN, "3", "$LATEST"), ("traffic", 0.8, 1)]
        assert change.settings == {"aliasDescription": "", MAIN: "$LATEST", MORE: ()}
        assert change.warnings == (RULES,)

    def test_full_traffic_routes_all_to_latest(self) -> None:
        change = planned(function(traffic=1), leading("3"))
        assert (change.reason, fields(change)) == ("aliasFunctionVersion differs", [(MAIN, "3", "$LATEST")])

    def test_whole_traffic_is_shown_as_integer(self) -> None:
        change = planned(function(traffic=0), leading("$LATEST"), version="3")
        assert [str(change.fields[0].before), str(change.fields[0].after)] == ["1", "0"]

    def test_entry_without_weight_counts_as_zero(self) -> None:
        assert fields(planned(function(traffic=0.9), leading("$LATEST", ("2", None)))) == [("traffic", 1, 0.9)]

    def test_unobserved_default_alias_is_not_created_without_need(self) -> None:
        assert fields(planned(function(traffic=0.9), version="3")) == [("traffic", 1, 0.9)]
        assert planned(function(traffic=0.9), version="3").reason == "does not exist yet; version 3 gets the rest"


class TestNamed:
    """`aliasName` and what goes with it."""

    def test_alias_routes_to_published_version(self) -> None:
        part = with_requires(plan_aliases_of_new(function(publish=True, aliasName="prod")))
        assert part.changes == (
            Change(
                PROD,
                Action.CREATE,
                "is created with its function",
                (FieldChange(MAIN, None, NEXT),),
                {MAIN: NEXT, MORE: ()},
                OWNER,
                BEFORE,
            ),
        )

    def test_missing_one_is_created(self) -> None:
        change = planned(function(aliasName="prod", aliasFunctionVersion=3, aliasDescription="mine"))
        assert (change.address, change.action, change.reason) == (PROD, Action.CREATE, "does not exist yet")
        assert fields(change) == [("aliasDescription", None, "mine"), (MAIN, None, "3")]

    def test_alias_without_version_is_rejected(self) -> None:
        part = plan_aliases(function(aliasName="prod"), {}, "3")
        assert [refusal.address for refusal in part.rejected] == [PROD]
        assert part.changes == ()

    def test_written_version_precedes_published_one(self) -> None:
        spec = function(publish=True, aliasName="prod", aliasFunctionVersion="2")
        assert planned(spec, leading("1", name="prod"), version=NEXT).settings[MAIN] == "2"

    def test_unwritten_alias_settings_stay_with_same_version(self) -> None:
        there = leading("2", ("1", 0.25), name="prod")
        described = Resource(PROD, {**there.settings, "aliasDescription": "mine"})
        change = planned(function(aliasName="prod", aliasFunctionVersion="2"), described)
        assert change.action is Action.NO_OP
        assert change.settings == {"aliasDescription": "mine", MAIN: "2", MORE: shares(("1", 0.25))}

    def test_alias_without_weights_has_no_change(self) -> None:
        spec = function(aliasName="prod", aliasFunctionVersion="3")
        assert planned(spec, Resource(PROD, {MAIN: "3"})).settings[MORE] == ()

    def test_weights_are_reset_with_new_main_version(self) -> None:
        change = planned(function(aliasName="prod", aliasFunctionVersion="3"), leading("2", ("1", 0.25), name="prod"))
        assert fields(change) == [(MAIN, "2", "3"), (MORE, shares(("1", 0.25)), None)]
        assert change.reason == "aliasFunctionVersion and additionalVersionWeights differ"

    def test_weights_are_rounded_and_zero_weights_dropped(self) -> None:
        written = shares(("1", 0.1000000001), ("2", 0.0000000001), ("4", 1.0), ("5", "soon"))
        spec = function(aliasName="prod", aliasFunctionVersion="3", additionalVersionWeights=written)
        assert planned(spec, leading("3", name="prod")).settings[MORE] == shares(("1", 0.1), ("4", 1))

    def test_default_alias_can_have_versions_and_weights(self) -> None:
        change = planned(function(aliasFunctionVersion="3"), leading("$LATEST"))
        assert (change.address, fields(change)) == (DEFAULT, [(MAIN, "$LATEST", "3")])

    def test_description_alone_sets_default_alias(self) -> None:
        spec = function(publish=True, aliasDescription="new")
        change = planned(spec, leading("3"), version="3")
        assert (change.address, fields(change)) == (DEFAULT, [("aliasDescription", None, "new")])

    def test_named_alias_is_planned_beside_traffic(self) -> None:
        spec = function(publish=True, traffic=0.9, aliasName="prod")
        assert alias_addresses(spec) == (DEFAULT, PROD)
        assert [change.address for change in plan_aliases(spec, {}, "3").changes] == [DEFAULT, PROD]

    def test_routing_rules_are_lost_only_with_a_change(self) -> None:
        spec = function(aliasName="prod", aliasFunctionVersion="3")
        assert planned(spec, leading("2", name="prod", matches=1)).warnings == (RULES,)
        assert planned(spec, leading("2", name="prod")).warnings == ()
        assert planned(spec, leading("3", name="prod", matches=1)).warnings == ()

    def test_alias_depends_on_instances_of_named_version(self) -> None:
        spec = function(aliasName="prod", aliasFunctionVersion="3", qualifier=3)
        assert planned(spec).requires == (*BEFORE, HELLO.provisioned("3"))
        assert planned(function(aliasName="prod", aliasFunctionVersion="3", qualifier="")).requires == BEFORE


def test_function_without_alias_settings_has_no_alias() -> None:
    assert alias_addresses(function(publish=True)) == ()
    assert plan_aliases(function(publish=True), {DEFAULT: leading("3")}, "3").changes == ()


def test_reachable_versions_include_weighted_ones() -> None:
    settings: dict[str, Value] = {MAIN: "3", MORE: [*shares(("1", 0.1)), "junk"]}
    assert list(versions_in(settings)) == ["3", "1"]
    assert weights({MORE: "junk"}) == weights({}) == ()
