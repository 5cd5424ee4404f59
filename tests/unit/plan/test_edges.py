"""Requirements are those that the plan holds, and come first."""

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Ref
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.plan import Action, Change
from scfdeploy.plan.edges import Edge, EdgeReason, in_order, reference_edges


def change(name: str, *requires: str, action: Action = Action.UPDATE) -> Change:
    wanted = tuple(Address.of_function("default", other) for other in requires)
    return Change(Address.of_function("default", name), action, "", requires=wanted)


def linked(changes: list[Change]) -> tuple[Change, ...]:
    """The changes in order, with an edge for each address that one requires or refers to."""
    required = [Edge(change.address, needed, EdgeReason.PARENT) for change in changes for needed in change.requires]
    return in_order(changes, [*required, *reference_edges(changes)])


def names(changes: tuple[Change, ...]) -> list[str]:
    return [found.address.function for found in changes]


def test_required_change_comes_first_and_order_is_kept() -> None:
    assert names(linked([change("a", "c"), change("b"), change("c")])) == ["c", "a", "b"]


def test_deletions_of_functions_come_last() -> None:
    assert names(linked([change("a", action=Action.DELETE), change("b")])) == ["b", "a"]


def test_edge_to_unchanged_resource_is_dropped() -> None:
    found = linked([change("a", "b", "elsewhere"), change("b", action=Action.NO_OP)])
    assert [each.requires for each in found] == [(), ()]


def test_cycle_is_reported_with_its_path() -> None:
    with pytest.raises(ScfDeployError) as caught:
        linked([change("c", "a"), change("a", "b"), change("b", "a")])
    cycle = "function/default/a -> function/default/b -> function/default/a"
    assert caught.value.message == f"Dependency cycle: {cycle}"
    assert caught.value.hint == "Remove one of the references."


def test_references_inside_settings_are_requirements() -> None:
    source = Address(LAYER, name="lib")
    user = Change(
        Address.of_function("default", "a"), Action.UPDATE, "", settings={"layers": ({"version": Ref(source, "v")},)}
    )
    found = linked([user, Change(source, Action.CREATE, "")])
    assert found[0].address == source
    assert found[1].requires == (source,)
