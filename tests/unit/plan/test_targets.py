"""--target keeps what it names, and what that cannot do without."""

from dataclasses import replace

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Ref
from scfdeploy.plan import Action, Change, Plan, Policy, Refusal, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, reference_edges
from scfdeploy.plan.targets import targeted
from tests.support.builders import (
    HELLO,
    bundle,
    bundles,
    cloud,
    deployed,
    deployed_trigger,
    function,
    project,
    trigger,
)

OTHER = Address.of_function("default", "other")


def plan_of(*targets: Address | str, runtime: str | None = None, exists: bool = True) -> Plan:
    hello = function("hello", trigger(), trigger(name="tock"), msgTTL=60)
    other = function("other", memorySize=256)
    resources = [deployed(hello, **({"runtime": runtime} if runtime else {}))] if exists else []
    packed = bundles(bundle(hello), bundle(other))
    return make_plan(project(hello, other), packed, cloud(*resources), Policy(targets=targets))


def shown(plan: Plan) -> list[str]:
    return [f"{change.action} {change.address}" for change in plan.changes]


def test_targeted_function_includes_its_resources() -> None:
    assert shown(plan_of(HELLO)) == [
        "no-op function/default/hello",
        "update async/default/hello",
        "create trigger/default/hello/timer/tick",
        "create trigger/default/hello/timer/tock",
    ]


def test_targeted_trigger_excludes_existing_function() -> None:
    plan = plan_of(HELLO.trigger("timer", "tick"))
    assert shown(plan) == ["create trigger/default/hello/timer/tick"]
    assert plan.changes[0].requires == ()


def test_targeted_trigger_includes_new_function() -> None:
    plan = plan_of(HELLO.trigger("timer", "tick"), exists=False)
    assert shown(plan) == ["create function/default/hello", "create trigger/default/hello/timer/tick"]
    assert plan.changes[1].requires == (HELLO,)


def test_replaced_function_restores_its_resources() -> None:
    assert shown(plan_of(HELLO.trigger("timer", "tick"), runtime="Python3.9")) == [
        "replace function/default/hello",
        "create async/default/hello",
        "create trigger/default/hello/timer/tick",
        "create trigger/default/hello/timer/tock",
    ]


def test_unknown_target_suggests_similar_address() -> None:
    with pytest.raises(ScfDeployError, match="no such resource") as caught:
        plan_of(Address.of_function("default", "helo"))
    assert caught.value.hint == 'Did you mean "function/default/hello"?'


def test_unknown_target_without_similar_address_has_hint() -> None:
    with pytest.raises(ScfDeployError) as caught:
        plan_of(Address.of_layer("zzzzzzzzzzzz"))
    assert caught.value.message == "--target layer/zzzzzzzzzzzz: the project has no such resource"
    assert caught.value.hint == "`plan` without --target lists all resources."


@pytest.mark.parametrize(
    "target", ["hello", "default/hello", "h*", "default/h?llo", "function/default/[h]ello", "function/*/hello"]
)
def test_name_and_pattern_select_the_function(target: str) -> None:
    assert plan_of(target) == plan_of(HELLO)
    assert plan_of(target).targets == (HELLO,)


def test_pattern_selects_all_that_match() -> None:
    assert plan_of("*").targets == (HELLO, OTHER)
    assert plan_of("trigger/*/timer/t?ck").targets == (HELLO.trigger("timer", "tick"), HELLO.trigger("timer", "tock"))


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("helo", 'Did you mean "hello"?'),
        ("zzzzzzz*", "`plan` without --target lists all resources."),
        ("function/default", "`plan` without --target lists all resources."),
    ],
)
def test_target_without_match_is_an_error(target: str, hint: str) -> None:
    with pytest.raises(ScfDeployError, match="no such resource") as caught:
        plan_of(target)
    assert caught.value.hint is not None
    assert hint in caught.value.hint or "Did you mean" in caught.value.hint


def test_name_in_two_namespaces_is_ambiguous() -> None:
    here, there = function("hello"), function("hello", namespace="prod")
    with pytest.raises(ScfDeployError, match="several resources have that name") as caught:
        make_plan(project(here, there), {}, cloud(), Policy(targets=("hello",)))
    assert "function/default/hello, function/prod/hello" in str(caught.value.hint)
    planned = make_plan(project(here, there), {}, cloud(), Policy(targets=("prod/hello",)))
    assert planned.targets == (there.address,)


def test_destroy_suggests_nothing_for_an_unknown_name() -> None:
    with pytest.raises(ScfDeployError) as caught:
        make_destroy_plan(project(function("hello")), cloud(deployed(function("hello"))), Policy(targets=("helo",)))
    assert caught.value.hint == "`plan` without --target lists all resources."


def test_unmanaged_resource_can_be_a_target() -> None:
    hello = function("hello")
    by_hand = deployed_trigger(trigger("timer", "manual"), owner=None)
    policy = Policy(targets=(by_hand.address,))
    plan = make_plan(project(hello), {}, cloud(deployed(hello), by_hand), policy)
    assert (shown(plan), [address for address, _ in plan.unmanaged]) == ([], [by_hand.address])


def test_deleted_function_in_files_can_be_a_target_of_destroy() -> None:
    plan = make_destroy_plan(project(function("hello")), cloud(), Policy(targets=(HELLO,)))
    assert plan.changes == ()


def linked(*changes: Change) -> PlanFragment:
    """The changes with their `requires` and references as edges."""
    required = [Edge(change.address, needed, EdgeReason.PARENT) for change in changes for needed in change.requires]
    return PlanFragment(changes, edges=(*required, *reference_edges(changes)))


class TestDependenciesOfTarget:
    """What a target cannot do without comes along, however far behind it."""

    @staticmethod
    def change(name: str, *requires: str, action: Action = Action.CREATE, takes: str = "") -> Change:
        taken = {"role": Ref(Address.of_function("default", takes), "version")} if takes else {}
        wanted = tuple(Address.of_function("default", other) for other in requires)
        return Change(Address.of_function("default", name), action, "", settings=taken, requires=wanted)

    def kept(self, *changes: Change) -> list[str]:
        target = Address.of_function("default", "it")
        return sorted(change.address.function for change in targeted(linked(*changes), (target,)).changes)

    def test_target_includes_required_creations(self) -> None:
        assert self.kept(self.change("it", "a"), self.change("a", "b"), self.change("b"), self.change("c")) == [
            "a",
            "b",
            "it",
        ]

    @pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
    def test_target_excludes_dependencies_that_exist(self, action: Action) -> None:
        assert self.kept(self.change("it", "a"), self.change("a", action=action)) == ["it"]

    def test_target_includes_changes_it_references(self) -> None:
        changes = (
            self.change("it", takes="a"),
            self.change("a", "elsewhere", action=Action.UPDATE, takes="b"),
            self.change("b", action=Action.REPLACE),
        )
        assert self.kept(*changes) == ["a", "b", "it"]

    def test_target_excludes_unchanged_dependencies(self) -> None:
        assert self.kept(self.change("it", "a", takes="b"), *(self.change(n, action=Action.NO_OP) for n in "ab")) == [
            "it"
        ]

    def test_deleted_target_includes_deletes_before_it(self) -> None:
        going = [self.change(name, action=Action.DELETE) for name in "ab"]
        assert self.kept(self.change("it", "a", "b", action=Action.DELETE), *going) == ["a", "b", "it"]

    def test_dependency_reached_twice_is_included_once(self) -> None:
        changes = (
            self.change("it", "a", "b"),
            self.change("a", "c"),
            self.change("b", "c", "it"),
            self.change("c", "d"),
            self.change("d"),
        )
        assert self.kept(*changes) == ["a", "b", "c", "d", "it"]


def test_refusals_of_referenced_resources_are_kept() -> None:
    target, source = Address.of_function("default", "it"), Address.of_layer("base")
    change = Change(target, Action.CREATE, "", settings={"layers": ({"version": Ref(source, "version")},)})
    refusals = tuple(Refusal(address, "not-owned", "", "") for address in (source, OTHER, target))
    found = targeted(replace(linked(change), rejected=refusals), (target,))
    assert [refusal.address for refusal in found.rejected] == [source, target]


def test_refusals_and_notes_of_other_resources_are_dropped() -> None:
    hello, other = function("hello"), function("other")
    observed = cloud(deployed(hello, owner=None), deployed(other))
    plan = make_plan(project(hello, other), bundles(bundle(other)), observed, Policy(targets=(OTHER,)))
    assert (shown(plan), plan.rejected) == (["no-op function/default/other"], ())


def test_destroy_is_limited_to_targets() -> None:
    hello, other = function("hello"), function("other")
    observed = cloud(deployed(hello), deployed(other))
    plan = make_destroy_plan(project(hello, other), observed, Policy(targets=(OTHER,)))
    assert shown(plan) == ["delete function/default/other"]


def test_targeted_trigger_includes_new_alias_it_calls() -> None:
    called = trigger("timer", "tick", qualifier="prod")
    spec = function("hello", called, aliasName="prod", aliasFunctionVersion="3")
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(deployed(spec)), Policy(targets=(called.address,)))
    assert [change.address for change in plan.changes] == [HELLO.alias("prod"), called.address]
