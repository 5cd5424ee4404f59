"""What one function takes from another: put in where it is known already, left open where a change will tell it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, FunctionSpec, Ref, Resource, Value
from scfdeploy.plan import Action, Change
from scfdeploy.plan.resolve import ReferenceResolver, in_dependency_order
from tests.support.builders import HELLO, cloud, function

USER = Address.of_function("default", "user")
BASE = Address.of_layer("base")
URL = HELLO.trigger("http", "url")
SEEN = cloud(
    Resource(HELLO, {}, attributes={"version": "7", "functionId": "lam-1"}),
    Resource(BASE, {}, attributes={"version": 3}),
    Resource(URL, {}, attributes={"urls": ("https://one", "https://two"), "url": "https://old"}),
)


def user(value: Value) -> FunctionSpec:
    return function("user", environment={"variables": {"IT": value}}, plain=1)


def resolve(value: Value, *planned: Change) -> Value:
    known = ReferenceResolver(SEEN)
    known.record(planned)
    spec = known.resolve(user(value))
    assert spec.settings["plain"] == 1
    environment = spec.settings["environment"]
    assert isinstance(environment, dict)
    return environment["variables"]["IT"]


def change(address: Address, action: Action) -> Change:
    return Change(address, action, "")


@pytest.mark.parametrize("planned", [(), (change(HELLO, Action.NO_OP),)])
def test_reference_to_unchanged_resource_is_resolved(planned: tuple[Change, ...]) -> None:
    assert resolve(Ref(HELLO, "version"), *planned) == "7"


def test_references_in_lists_are_resolved() -> None:
    spec = function("user", layers=[{"name": "base", "version": Ref(BASE, "version")}])
    known = ReferenceResolver(SEEN)
    known.record([change(BASE, Action.NO_OP)])
    assert known.resolve(spec).settings["layers"] == ({"name": "base", "version": 3},)


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.REPLACE])
@pytest.mark.parametrize("address", [HELLO, BASE])
def test_reference_to_changed_resource_stays_unresolved(address: Address, action: Action) -> None:
    assert resolve(Ref(address, "version"), change(address, action)) == Ref(address, "version")


def test_reference_to_missing_resource_stays_unresolved() -> None:
    elsewhere = Ref(Address.of_function("default", "new"), "version")
    assert resolve(elsewhere) == elsewhere
    assert resolve(elsewhere, change(elsewhere.address, Action.CREATE)) == elsewhere


def test_reference_to_layer_of_other_project_stays_unresolved() -> None:
    assert resolve(Ref(BASE, "version")) == Ref(BASE, "version")


@pytest.mark.parametrize("planned", [(), (change(URL, Action.NO_OP),), (change(URL, Action.UPDATE),)])
def test_updated_trigger_keeps_its_url(planned: tuple[Change, ...]) -> None:
    assert resolve(Ref(URL, "url"), *planned) == "https://one"


def test_replaced_trigger_has_unknown_url() -> None:
    assert resolve(Ref(URL, "url"), change(URL, Action.REPLACE)) == Ref(URL, "url")


def test_reference_to_updated_trigger_stays_unresolved() -> None:
    assert resolve(Ref(URL, "id"), change(URL, Action.UPDATE)) == Ref(URL, "id")


@pytest.mark.parametrize("planned", [(), (change(HELLO, Action.NO_OP),)])
def test_reference_without_value_is_an_error(planned: tuple[Change, ...]) -> None:
    with pytest.raises(ScfDeployError) as caught:
        resolve(Ref(HELLO, "url"), *planned)
    assert caught.value.message == "function/default/hello exists and has no url, to which another instance refers"
    assert caught.value.hint == "Pass the value with --var, or remove the reference."


def test_url_is_first_of_list() -> None:
    def told(**facts: Value) -> Value:
        known = ReferenceResolver(cloud(Resource(URL, {}, attributes=facts)))
        environment = known.resolve(user(Ref(URL, "url"))).settings["environment"]
        assert isinstance(environment, dict)
        return environment["variables"]["IT"]

    assert told(url="https://old") == "https://old"
    assert told(urls=["https://one"]) == "https://one"
    with pytest.raises(ScfDeployError):
        told(urls=(), url="https://old")


def test_other_attributes_are_shown_unchanged() -> None:
    known = ReferenceResolver(cloud(Resource(URL, {}, attributes={"urls": ("a", "b"), "id": "x"})))
    assert known.resolve(function("user", role=Ref(URL, "id"))).settings["role"] == "x"
    assert known.resolve(function("user", role=Ref(URL, "urls"))).settings["role"] == ("a", "b")


def test_function_without_references_is_unchanged() -> None:
    spec = function("user", layers=[{"name": "base", "version": 1}])
    assert ReferenceResolver(SEEN).resolve(spec) is spec


def test_functions_come_after_those_they_refer_to() -> None:
    first = function("first", role=Ref(Address.of_function("default", "third").trigger("http", "url"), "url"))
    second, third = function("second", role=Ref(BASE, "version")), function("third")
    names = [spec.name for spec in in_dependency_order([first, second, third])]
    assert sorted(names) == ["first", "second", "third"]
    assert names.index("third") < names.index("first")
    plain = [function("b"), function("a")]
    assert in_dependency_order(plain) is plain


def test_self_reference_is_a_cycle_of_one() -> None:
    spec = replace(function("user"), settings={"role": Ref(HELLO, "version")})
    assert [each.name for each in in_dependency_order([spec, function("hello")])] == ["hello", "user"]
