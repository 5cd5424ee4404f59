"""Which changes of a run are ready, and which depend on a failure."""

from scfdeploy.apply.run import DependencyGraph
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change
from tests.support.counted_calls import count_calls
from tests.support.fake_writer import function

A, B, C, D = function("aa"), function("bb"), function("cc"), function("dd")


def change(address: Address, *requires: Address) -> Change:
    return Change(address, Action.CREATE, "", requires=requires)


def addresses(changes: tuple[Change, ...]) -> list[Address]:
    return [each.address for each in changes]


def take_all_ready(graph: DependencyGraph) -> list[Address]:
    taken = []
    while (first := graph.first_ready) is not None:
        graph.take_first_ready()
        taken.append(first.address)
    return taken


def test_independent_changes_are_ready_once_in_plan_order() -> None:
    graph = DependencyGraph([change(B), change(C, A), change(A)])
    assert take_all_ready(graph) == [B, A]
    assert graph.first_ready is None


def test_dependent_change_is_ready_after_all_dependencies() -> None:
    graph = DependencyGraph([change(A), change(B), change(C, A, B)])
    take_all_ready(graph)
    graph.succeeded(A)
    assert graph.first_ready is None
    graph.succeeded(B)
    assert take_all_ready(graph) == [C]


def test_dependent_change_precedes_later_changes_of_the_plan() -> None:
    graph = DependencyGraph([change(A), change(C, A), change(B), change(D)])
    graph.take_first_ready()
    graph.succeeded(A)
    assert take_all_ready(graph) == [C, B, D]


def test_unplanned_dependency_and_self_are_ignored() -> None:
    assert take_all_ready(DependencyGraph([change(A, A, D)])) == [A]


def test_failure_removes_its_dependents_only() -> None:
    graph = DependencyGraph([change(A), change(B), change(C, A), change(D, B), change(function("ee"), C)])
    take_all_ready(graph)
    assert addresses(graph.failed(A)) == [C, function("ee")]
    graph.succeeded(B)
    assert take_all_ready(graph) == [D]
    assert graph.take_rest() == ()


def test_rest_is_taken_once() -> None:
    graph = DependencyGraph([change(A), change(B, A)])
    assert addresses(graph.take_rest()) == [A, B]
    assert graph.take_rest() == ()
    assert graph.first_ready is None


def test_work_grows_no_faster_than_the_number_of_changes() -> None:
    assert calls_of_run(400) < 5 * calls_of_run(100)


def calls_of_run(pairs: int) -> int:
    """The number of calls of functions while changes, each required by another one, succeed one after the other."""
    functions = [function(f"f{number}") for number in range(pairs)]
    changes = [change(address) for address in functions]
    changes += [change(address.trigger("timer", "t"), address) for address in functions]

    def run_all() -> None:
        graph = DependencyGraph(changes)
        under_way = take_all_ready(graph)
        while under_way:
            graph.succeeded(under_way.pop(0))
            under_way += take_all_ready(graph)
        assert graph.take_rest() == ()

    return count_calls(run_all)
