"""What a plan may make within the limits of the account, and of the versions that exist."""

from __future__ import annotations

import pytest

from scfdeploy.model import Address, ProjectKey, Ref, Value
from scfdeploy.model.account_limits import AccountLimits, NamespaceLimits
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.plan.change import FieldChange
from scfdeploy.plan.checks import needs_limits, with_existing_versions, within_limits

KEY = ProjectKey("shop", "dev", "ap-guangzhou")
FUNCTION = Address.of_function("default", "hello")


def plan(*changes: Change, unmanaged: tuple[Address, ...] = ()) -> Plan:
    return Plan(KEY, changes, unmanaged=tuple((address, "was made by hand") for address in unmanaged))


def function(number: int, action: Action = Action.CREATE, namespace: str = "default") -> Change:
    return Change(Address.of_function(namespace, f"f{number}"), action, "")


def trigger(number: int, action: Action = Action.CREATE, kind: str = "timer") -> Change:
    return Change(FUNCTION.trigger(kind, f"t{number}"), action, "")


def limits(**of: object) -> AccountLimits:
    return AccountLimits(of={"default": NamespaceLimits(**of)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "of", "code"),
    [
        ([function(1), function(2)], {"functions": 10, "functions_used": 9}, "LimitExceeded.Function"),
        ([function(1), function(2)], {"functions": 11, "functions_used": 9}, None),
        ([function(1), function(2, Action.DELETE)], {"functions": 9, "functions_used": 9}, None),
        ([function(1, Action.REPLACE), function(2, Action.UPDATE)], {"functions": 1, "functions_used": 9}, None),
        ([function(1, namespace="new")], {"functions": 0}, "LimitExceeded.Function"),
        ([trigger(1), trigger(2)], {"triggers": {"timer": 1}}, "LimitExceeded.Trigger"),
        ([trigger(1), trigger(2, Action.NO_OP)], {"triggers": {"timer": 1}}, "LimitExceeded.Trigger"),
        ([trigger(1), trigger(2, Action.DELETE)], {"triggers": {"timer": 1}}, None),
        ([trigger(1, Action.UPDATE), trigger(2, Action.NO_OP)], {"triggers": {"timer": 1}}, None),
        ([trigger(1), trigger(2, kind="cos")], {"triggers": {"timer": 1, "cos": 1}}, None),
        ([trigger(1), trigger(2, kind="cos")], {"all_triggers": 1}, "LimitExceeded.Trigger"),
        ([trigger(1), trigger(2)], {}, None),
    ],
)
def test_plan_beyond_limit_is_rejected(made: list[Change], of: dict[str, object], code: str | None) -> None:
    found = within_limits(plan(*made), limits(**of)).rejected
    assert [one.rule for one in found] == (["account-limit"] if code else [])
    assert code is None or code in found[0].reason


def test_unmanaged_trigger_counts_towards_limit() -> None:
    found = within_limits(plan(trigger(1), unmanaged=(FUNCTION.trigger("timer", "x"),)), limits(triggers={"timer": 1}))
    assert len(found.rejected) == 1


def test_namespace_beyond_limit_is_rejected() -> None:
    made = plan(Change(Address.of_namespace("new"), Action.CREATE, ""))
    assert "LimitExceeded.Namespace" in within_limits(made, AccountLimits(5, 5)).rejected[0].reason
    assert within_limits(made, AccountLimits(6, 5)).rejected == ()


@pytest.mark.parametrize(("settings", "refused"), [({"timeout": 60}, 1), ({"timeout": 60, "asyncRunEnable": True}, 0)])
def test_timeout_beyond_limit_is_rejected(settings: dict[str, object], refused: int) -> None:
    change = Change(FUNCTION, Action.UPDATE, "", (FieldChange("timeout", 3, 60),), settings)  # type: ignore[arg-type]
    assert len(within_limits(plan(change), limits(timeout_s=30)).rejected) == refused


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        (function(1), True),
        (trigger(1), True),
        (trigger(1, kind="http"), False),
        (function(1, Action.UPDATE), False),
        (function(1, Action.DELETE), False),
        (trigger(1, Action.UPDATE), False),
    ],
)
def test_limits_are_needed_only_for_creations_and_times(change: Change, needed: bool) -> None:
    assert needs_limits(plan(change)) is needed


NEXT = Ref(FUNCTION, "version")
ALIAS = FUNCTION.alias("prod")


def alias(action: Action, main: Value, *others: Value) -> Change:
    weights = tuple({"version": other, "weight": 0.1} for other in others)
    return Change(ALIAS, action, "", settings={"aliasFunctionVersion": main, "additionalVersionWeights": weights})


def deployed(action: Action, *, is_published: bool = False) -> Change:
    fields = (FieldChange("publish", None, NEXT),) if is_published else ()
    return Change(FUNCTION, action, "", fields)


@pytest.mark.parametrize(
    ("function_change", "alias_change", "missing"),
    [
        (deployed(Action.NO_OP), alias(Action.UPDATE, "2", "1"), []),
        (deployed(Action.NO_OP), alias(Action.UPDATE, "$LATEST", "2"), []),
        (deployed(Action.NO_OP), alias(Action.UPDATE, "3"), ["3"]),
        (deployed(Action.NO_OP), alias(Action.CREATE, "7", "8"), ["7", "8"]),
        (deployed(Action.NO_OP), alias(Action.CREATE, "two"), ["two"]),
        (deployed(Action.NO_OP), alias(Action.NO_OP, "7"), []),
        (deployed(Action.UPDATE, is_published=True), alias(Action.UPDATE, NEXT, "2"), []),
        (deployed(Action.UPDATE, is_published=True), alias(Action.UPDATE, "3"), []),
        (deployed(Action.UPDATE, is_published=True), alias(Action.UPDATE, "0"), ["0"]),
        (deployed(Action.CREATE, is_published=True), alias(Action.CREATE, "1", NEXT), []),
        (deployed(Action.CREATE, is_published=True), alias(Action.CREATE, "2"), ["2"]),
        (deployed(Action.CREATE), alias(Action.CREATE, "$LATEST", "1"), ["1"]),
        (deployed(Action.REPLACE), alias(Action.CREATE, "2"), ["2"]),
        (None, alias(Action.UPDATE, "2"), []),
        (None, alias(Action.UPDATE, "3"), ["3"]),
    ],
)
def test_alias_with_missing_version_is_rejected(
    function_change: Change | None, alias_change: Change, missing: list[str]
) -> None:
    made = plan(*([function_change] if function_change else []), alias_change)
    checked = with_existing_versions(made, lambda _: ("1", "2"))
    assert [(one.address, one.rule) for one in checked.rejected] == [(ALIAS, "alias-version-unknown")] * len(missing)
    assert all(f"version {version}," in one.reason for version, one in zip(missing, checked.rejected, strict=True))
    assert checked.changes == made.changes


def test_alias_with_missing_version_is_left_out_on_request() -> None:
    function_change = deployed(Action.CREATE)
    made = plan(function_change, alias(Action.CREATE, "7"))
    checked = with_existing_versions(made, lambda _: (), leave_out=True)
    assert (checked.changes, checked.rejected) == ((function_change,), ())
    assert [address for address, _ in checked.unmanaged] == [ALIAS]


def test_versions_are_not_read_for_aliases_that_follow_the_published_version() -> None:
    made = plan(deployed(Action.UPDATE, is_published=True), alias(Action.UPDATE, NEXT), alias(Action.NO_OP, "1"))

    def fail(function: Address) -> tuple[str, ...]:
        raise AssertionError(f"the versions of {function} are read")

    assert with_existing_versions(made, fail) == made
