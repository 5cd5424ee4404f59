"""Instances come after those whose outputs they take, and go before them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scfdeploy.diagnostics import Span
from scfdeploy.model import Address, Instance, LayerSpec, Project
from scfdeploy.plan.edges import Edge, instance_edges, needs_by_source, reversed_edges
from tests.support.builders import NEIGHBOUR, OWNER, function, project

HERE = Span.at("serverless.yml")
API, WEB, BASE = (Address.of_function("default", name) for name in ("api", "web", "base"))
LAYER = Address.of_layer("lib")


def needing(**needs: tuple[str, ...]) -> Project:
    """Instances `api` (a function and a layer), `web` and `base`, with what each needs."""
    layer = LayerSpec(LAYER, OWNER, "ap-guangzhou", {}, None, {}, {}, HERE)
    third = replace(OWNER, instance="base")
    made = project(function("api"), function("web", owner=NEIGHBOUR), function("base", owner=third))

    def completed(instance: Instance) -> Instance:
        layers = (layer,) if instance.name == "api" else ()
        return replace(instance, layers=layers, needs=needs.get(instance.name, ()))

    return replace(made, instances=tuple(completed(instance) for instance in made.instances))


def needs(edges: Iterable[Edge]) -> dict[Address, tuple[Address, ...]]:
    return {source: tuple(edge.needs for edge in found) for source, found in needs_by_source(edges).items()}


def test_instance_depends_on_all_resources_of_the_needed_one() -> None:
    found = instance_edges(needing(web=("api",), api=("base", "gone")))
    assert needs(found) == {API: (BASE,), LAYER: (BASE,), WEB: (LAYER, API)}


def test_needed_instance_is_deleted_last() -> None:
    found = reversed_edges(instance_edges(needing(web=("api", "base"), api=("base",))))
    assert needs(found) == {API: (WEB,), LAYER: (WEB,), BASE: (LAYER, API, WEB)}


def test_instance_that_needs_itself_has_no_edges() -> None:
    assert WEB not in needs(instance_edges(needing(web=("web", "api"))))


def test_project_without_needs_has_no_edges() -> None:
    assert list(instance_edges(needing())) == []
