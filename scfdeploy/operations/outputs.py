"""What other tools want to know of each instance once it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scfdeploy.apply import Outcome, Status
from scfdeploy.model import Address, FunctionSpec, LayerSpec, Observed, Project, Ref, Value
from scfdeploy.model.outputs import layer_outputs
from scfdeploy.model.resource_kind import TRIGGER
from scfdeploy.plan import Action
from scfdeploy.plan.resources.version import newest, wants_versions

_NOTHING: Mapping[Ref, Value] = {}


def known_values(outcomes: Iterable[Outcome]) -> dict[Ref, Value]:
    """What only carrying out a plan could tell; of what may be gone, that it has no URLs any more."""
    known: dict[Ref, Value] = {}
    for outcome in outcomes:
        known |= {Ref(outcome.address, name): value for name, value in outcome.outputs.items()}
        if _may_be_gone(outcome):
            known[Ref(outcome.address, "urls")] = ()
    return known


def outputs(project: Project, observed: Observed, outcomes: Sequence[Outcome] = ()) -> dict[str, dict[str, Value]]:
    """By the name of the instance: name, namespace, region and runtime of its function, its URL if it has one, and the
    newest version of one that is published. Only of what exists.

    Where an instance has several functions, the same for each, by the function's key. Of a layer its name, version,
    region and runtimes. `outcomes` are what was done since the look.
    """  # noqa: D205
    known = known_values(outcomes)
    of = {outcome.address: outcome for outcome in outcomes}
    found: dict[str, dict[str, Value]] = {}
    for instance in project.instances:
        of_instance = found.setdefault(instance.name, {})
        for function in instance.functions:
            if _exists(function.address, observed, of):
                mine = _of(function, observed, known, is_done=_is_done(function.address, of))
                of_instance.update({function.key: mine} if function.key else mine)
        for layer in instance.layers:
            if _exists(layer.address, observed, of):
                of_instance.update(_of_layer(layer, observed, known))
    return {name: of_instance for name, of_instance in found.items() if of_instance}


def _may_be_gone(outcome: Outcome) -> bool:
    if outcome.action is Action.DELETE:
        return outcome.may_have_changed
    return outcome.action is Action.REPLACE and outcome.status is not Status.SUCCEEDED and outcome.may_have_changed


def _exists(address: Address, observed: Observed, outcomes: Mapping[Address, Outcome]) -> bool:
    outcome = outcomes.get(address)
    if outcome is not None and outcome.status is Status.SUCCEEDED:
        return outcome.action is not Action.DELETE
    return address in observed.resources and not (outcome is not None and _may_be_gone(outcome))


def _is_done(address: Address, outcomes: Mapping[Address, Outcome]) -> bool:
    """Whether a resource is as the file says, as far as this run knows."""
    return address not in outcomes or outcomes[address].status is Status.SUCCEEDED


def _of(function: FunctionSpec, observed: Observed, known: Mapping[Ref, Value], *, is_done: bool) -> dict[str, Value]:
    found: dict[str, Value] = {
        "name": function.address.function,
        "namespace": function.address.namespace,
        "region": function.region,
    }
    resource = observed.resources.get(function.address)
    settings = function.settings if is_done or resource is None else resource.settings
    if "runtime" in settings:
        found["runtime"] = settings["runtime"]
    if wants_versions(function):
        version = known.get(Ref(function.address, "version")) or newest(observed.resources.get(function.address))
        found |= {"version": version} if version else {}
    urls = urls_of(function, observed, known)
    if urls:
        found["url"] = urls[0]
    return found


def _of_layer(layer: LayerSpec, observed: Observed, known: Mapping[Ref, Value]) -> dict[str, Value]:
    resource = observed.resources.get(layer.address)
    version = known.get(Ref(layer.address, "version"), resource.attributes.get("version") if resource else None)
    found = {**layer_outputs(layer), "version": version}
    return {name: value for name, value in found.items() if value is not None}


def urls_of(function: FunctionSpec, observed: Observed, known: Mapping[Ref, Value] = _NOTHING) -> tuple[str, ...]:
    """The URLs under which a function answers, those of all its triggers."""
    triggers = observed.parts_of(function.address, TRIGGER)
    seen = {trigger.address: trigger.attributes.get("urls") for trigger in triggers}
    new = {
        ref.address: urls
        for ref, urls in known.items()
        if ref.attribute == "urls" and ref.address.of == function.address
    }
    found = sorted({**seen, **new}.items())
    return tuple(str(url) for _, urls in found if isinstance(urls, list | tuple) for url in urls)
