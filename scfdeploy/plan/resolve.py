"""Resolve references between resources as far as their values are known while planning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, FunctionSpec, Observed, Ref, Resource, Value
from scfdeploy.plan.change import Action, Change
from scfdeploy.records import replace


class ReferenceResolver:
    """Resolves references to attributes of resources that do not change; others are known only after apply."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._planned: dict[Address, Change] = {}

    def record(self, changes: Iterable[Change]) -> None:
        """Record planned changes; those of a resource must be recorded before a reference to it is resolved."""
        self._planned.update({change.address: change for change in changes})

    def resolve(self, spec: FunctionSpec) -> FunctionSpec:
        """The function with each Ref replaced by its value, if known.

        Raises ScfDeployError for an attribute that a resource without changes does not have.
        """
        if not any(references(spec.settings)):
            return spec
        return replace(
            spec, settings={name: with_references(value, self._value_of) for name, value in spec.settings.items()}
        )

    def _value_of(self, ref: Ref) -> Value:
        change = self._planned.get(ref.address)
        resource = self._observed.resources.get(ref.address)
        keeps_attributes = (
            (Action.NO_OP, Action.UPDATE) if ref.address.kind.keeps_attributes_on_update else (Action.NO_OP,)
        )
        if resource is None or (change is not None and change.action not in keeps_attributes):
            return ref
        if change is None and ref.address.kind.is_shared:
            return ref  # the layer is rejected, because another project owns it
        value = _attribute(resource, ref.attribute)
        if value is None and change is not None and change.action is Action.UPDATE:
            return ref
        if value is None:
            raise ScfDeployError(
                message(
                    "{address} exists and has no {attribute}, to which another instance refers",
                    address=ref.address,
                    attribute=ref.attribute,
                ),
                hint=message("Pass the value with --var, or remove the reference."),
            )
        return value


def in_dependency_order(specs: Sequence[FunctionSpec]) -> Sequence[FunctionSpec]:
    """The functions, each after those to which it refers."""
    needs = {spec.address: {ref.address.of for ref in references(spec.settings)} for spec in specs}
    if not any(needs.values()):
        return specs
    from graphlib import TopologicalSorter  # imported here, because few projects need it

    by_address = {spec.address: spec for spec in specs}
    order = TopologicalSorter({spec.address: needs[spec.address] & by_address.keys() for spec in specs})
    return [by_address[address] for address in order.static_order()]


def _attribute(resource: Resource, name: str) -> Value:
    urls = resource.attributes.get("urls")
    if name == "url" and isinstance(urls, list | tuple):
        return urls[0] if urls else None
    return resource.attributes.get(name)


def references(value: Value) -> Iterator[Ref]:
    """Every Ref in a value, at any depth."""
    match value:
        case str() | int() | None:
            return  # before the test for a mapping, which takes much longer
        case Ref():
            yield value
        case Mapping():
            for item in value.values():
                yield from references(item)
        case list() | tuple():
            for item in value:
                yield from references(item)


def with_references(value: Value, value_of: Callable[[Ref], Value]) -> Value:
    """The value with each Ref, at any depth, replaced by `value_of` it."""
    match value:
        case str() | int() | None:
            return value
        case Ref():
            return value_of(value)
        case Mapping():
            return {key: with_references(item, value_of) for key, item in value.items()}
        case list() | tuple():
            return tuple(with_references(item, value_of) for item in value)
    return value
