"""Kinds of resources are single objects, and address and kind agree."""

import copy
import pickle

import pytest

from scfdeploy.model import Address
from scfdeploy.model.resource_kind import FUNCTION, KINDS, LAYER, ResourceKind

HELLO = Address.of_function("default", "hello")
EXAMPLES = (
    HELLO,
    HELLO.trigger("timer", "a/b/"),
    HELLO.alias("prod"),
    HELLO.asynchronous(),
    HELLO.reserved(),
    HELLO.provisioned("3"),
    Address.of_layer("lib"),
    Address.of_layer("lib", 4),
    Address.of_domain("Api.example.com"),
    Address.of_namespace("default"),
)


@pytest.mark.parametrize("address", EXAMPLES, ids=str)
def test_address_of_every_kind_survives_text(address: Address) -> None:
    assert Address.parse(str(address)) == address


def test_examples_cover_every_kind() -> None:
    assert {address.kind for address in EXAMPLES} == set(KINDS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_copied_kind_is_the_same_object(kind: ResourceKind) -> None:
    assert copy.deepcopy(kind) is pickle.loads(pickle.dumps(kind)) is kind


def test_addresses_sort_by_name_of_kind() -> None:
    assert [address.kind for address in sorted([Address.of_layer("a"), HELLO])] == [FUNCTION, LAYER]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (HELLO.asynchronous(), True),
        (HELLO.reserved(), True),
        (HELLO.alias("$DEFAULT"), True),
        (HELLO.alias("prod"), False),
        (HELLO.trigger("timer", "tick"), False),
        (HELLO, False),
    ],
    ids=str,
)
def test_resource_comes_with_its_function(address: Address, expected: bool) -> None:
    assert address.comes_with_function is expected
