"""Resolve references between resources as far as their values are known while planning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, FunctionSpec, Observed, Ref, Resource, Value
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.plan.change import Action, Change


class ReferenceResolver:
    """What was seen, and what was planned so far: what does not change is known, all else only after applying."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._planned: dict[Address, Change] = {}

    def record(self, changes: Iterable[Change]) -> None:
        """Take note of what is planned. A resource is to be planned before those that refer to it."""
        self._planned.update({change.address: change for change in changes})

    def resolve(self, spec: FunctionSpec) -> FunctionSpec:
        """The function with every value that is known in place of its Ref.

        Raises ScfDeployError for one that nothing tells although its resource does not change.
        """
        if not any(references(spec.settings)):
            return spec
        return replace(
            spec, settings={name: with_references(value, self._resolved) for name, value in spec.settings.items()}
        )

    def _resolved(self, ref: Ref) -> Value:
        change = self._planned.get(ref.address)
        resource = self._observed.resources.get(ref.address)
        stays = (Action.NO_OP, Action.UPDATE) if ref.address.kind.keeps_attributes_on_update else (Action.NO_OP,)
        if resource is None or (change is not None and change.action not in stays):
            return ref
        if change is None and ref.address.kind is LAYER:
            return ref  # refused: what stands there is another's
        value = _told(resource, ref.attribute)
        if value is None and change is not None and change.action is Action.UPDATE:
            return ref
        if value is None:
            raise ScfDeployError(
                f"{ref.address} exists and has no {ref.attribute}, which another instance takes from it",
                hint="Pass the value with --var, or take the reference out.",
            )
        return value


def in_dependency_order(specs: Sequence[FunctionSpec]) -> Sequence[FunctionSpec]:
    """The functions, each after those whose values it takes."""
    needs = {spec.address: {ref.address.of for ref in references(spec.settings)} for spec in specs}
    if not any(needs.values()):
        return specs
    from graphlib import TopologicalSorter  # few projects need it

    by_address = {spec.address: spec for spec in specs}
    order = TopologicalSorter({spec.address: needs[spec.address] & by_address.keys() for spec in specs})
    return [by_address[address] for address in order.static_order()]


def _told(resource: Resource, attribute: str) -> Value:
    urls = resource.attributes.get("urls")
    if attribute == "url" and isinstance(urls, list | tuple):
        return urls[0] if urls else None
    return resource.attributes.get(attribute)


def references(value: Value) -> Iterator[Ref]:
    """Every Ref in a value, however deep."""
    match value:
        case Ref():
            yield value
        case Mapping():
            for item in value.values():
                yield from references(item)
        case list() | tuple():
            for item in value:
                yield from references(item)


def with_references(value: Value, told: Callable[[Ref], Value]) -> Value:
    """The value with what is told of each Ref in its place, however deep."""
    match value:
        case Ref():
            return told(value)
        case Mapping():
            return {key: with_references(item, told) for key, item in value.items()}
        case list() | tuple():
            return tuple(with_references(item, told) for item in value)
    return value
