"""The resources that belong to a function."""

from scfdeploy.model import Address, Observed, Resource
from scfdeploy.model.resource_kind import ALIAS, TRIGGER
from scfdeploy.records import replace
from tests.support.counted_calls import count_calls

A, B = Address.of_function("default", "aa"), Address.of_function("default", "bb")


def observed(*addresses: Address) -> Observed:
    return Observed({address: Resource(address, {}) for address in addresses})


def test_parts_of_a_function_are_those_of_the_kinds_in_order() -> None:
    timer, url, alias = A.trigger("timer", "nightly"), A.trigger("http", "$LATEST"), A.alias("prod")
    cloud = observed(A, timer, B.trigger("timer", "other"), alias, url, B)
    assert [part.address for part in cloud.parts_of(A, TRIGGER)] == [url, timer]
    assert [part.address for part in cloud.parts_of(A, TRIGGER, ALIAS)] == [alias, url, timer]
    assert cloud.parts_of(B, ALIAS) == ()


def test_copy_with_other_resources_has_their_parts() -> None:
    before, after = observed(A, A.alias("prod")), observed(A, A.alias("test"))
    assert [part.address.name for part in before.parts_of(A, ALIAS)] == ["prod"]
    copy = replace(before, resources=after.resources)
    assert [part.address.name for part in copy.parts_of(A, ALIAS)] == ["test"]


def test_work_grows_no_faster_than_the_number_of_functions() -> None:
    assert calls_for(400) < 6 * calls_for(100)


def calls_for(count: int) -> int:
    """The number of calls of functions while the parts of each function are looked up."""
    functions = [Address.of_function("default", f"f{number}") for number in range(count)]
    cloud = observed(*functions, *(function.alias("prod") for function in functions))
    return count_calls(lambda: [cloud.parts_of(function, ALIAS) for function in functions])
