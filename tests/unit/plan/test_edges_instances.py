"""Instances come after those whose outputs they take, and go before them."""

from __future__ import annotations

from dataclasses import replace

from scfdeploy.diagnostics import Span
from scfdeploy.model import Address, Instance, LayerSpec, Project
from scfdeploy.plan import Action, Change
from scfdeploy.plan.edges import after_what_they_need, before_what_they_need
from scfdeploy.plan.fragment import PlanFragment
from tests.support.builders import NEIGHBOUR, OWNER, function, project

HERE = Span.at("serverless.yml")
API, WEB, BASE = (Address.of_function("default", name) for name in ("api", "web", "base"))
LAYER = Address.of_layer("lib")
ELSEWHERE = Address.of_namespace("elsewhere")


def needing(**needs: tuple[str, ...]) -> Project:
    """Instances `api` (a function and a layer), `web` and `base`, with what each needs."""
    layer = LayerSpec(LAYER, OWNER, "ap-guangzhou", {}, None, {}, {}, HERE)
    third = replace(OWNER, instance="base")
    made = project(function("api"), function("web", owner=NEIGHBOUR), function("base", owner=third))

    def completed(instance: Instance) -> Instance:
        layers = (layer,) if instance.name == "api" else ()
        return replace(instance, layers=layers, needs=needs.get(instance.name, ()))

    return replace(made, instances=tuple(completed(instance) for instance in made.instances))


def part(action: Action) -> PlanFragment:
    changes = [Change(address, action, "", requires=(ELSEWHERE,)) for address in (API, LAYER, WEB, BASE)]
    return PlanFragment(tuple(changes), unmanaged=((ELSEWHERE, "is not ours"),))


def requires(found: PlanFragment) -> dict[Address, tuple[Address, ...]]:
    assert found.unmanaged == ((ELSEWHERE, "is not ours"),)
    assert all(change.requires[0] == ELSEWHERE for change in found.changes)
    return {change.address: change.requires[1:] for change in found.changes}


def test_dependent_instance_waits_for_every_change_of_its_dependency() -> None:
    found = after_what_they_need(needing(web=("api",), api=("base", "gone")), part(Action.CREATE))
    assert requires(found) == {API: (BASE,), LAYER: (BASE,), WEB: (LAYER, API), BASE: ()}


def test_deletes_of_needed_instance_come_last() -> None:
    found = before_what_they_need(needing(web=("api", "base"), api=("base",)), part(Action.DELETE))
    assert requires(found) == {API: (WEB,), LAYER: (WEB,), WEB: (), BASE: (LAYER, API, WEB)}


def test_an_instance_that_names_itself_waits_for_nothing() -> None:
    assert requires(after_what_they_need(needing(web=("web", "api")), part(Action.CREATE)))[WEB] == ()


def test_without_needs_all_is_as_it_was() -> None:
    there = part(Action.CREATE)
    assert after_what_they_need(needing(), there) == before_what_they_need(needing(), there) == there
