"""What other tools want to know of each instance once it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.apply import Outcome, Status
from scfdeploy.model import FunctionSpec, LayerSpec, Observed, Project, Ref, Value
from scfdeploy.model.outputs import layer_outputs
from scfdeploy.plan import Action
from scfdeploy.plan.publishing import newest, wants_versions

_NOTHING: Mapping[Ref, Value] = {}


def told(outcomes: Iterable[Outcome]) -> dict[Ref, Value]:
    """What only carrying out a plan could tell; of what it deleted, that it has no URLs any more."""
    known: dict[Ref, Value] = {}
    for outcome in outcomes:
        known |= {Ref(outcome.address, name): value for name, value in outcome.known.items()}
        if outcome.action is Action.DELETE and outcome.status is Status.SUCCEEDED:
            known[Ref(outcome.address, "urls")] = ()
    return known


def outputs(project: Project, observed: Observed, known: Mapping[Ref, Value] = _NOTHING) -> dict[str, dict[str, Value]]:
    """By the name of the instance: name, namespace, region and runtime of its function, its URL if it has one, and the
    newest version of one that is published.

    Where an instance has several functions, the same for each, by the function's key. Of a layer its name, version,
    region and runtimes. `known` is what was told since the look.
    """  # noqa: D205
    found: dict[str, dict[str, Value]] = {}
    for instance in project.instances:
        of_instance = found.setdefault(instance.name, {})
        for function in instance.functions:
            mine = _of(function, observed, known)
            of_instance.update({function.key: mine} if function.key else mine)
        for layer in instance.layers:
            of_instance.update(_of_layer(layer, observed, known))
    return found


def _of(function: FunctionSpec, observed: Observed, known: Mapping[Ref, Value]) -> dict[str, Value]:
    found: dict[str, Value] = {
        "name": function.address.function,
        "namespace": function.address.namespace,
        "region": function.region,
    }
    if "runtime" in function.settings:
        found["runtime"] = function.settings["runtime"]
    if wants_versions(function):
        version = known.get(Ref(function.address, "version")) or newest(observed.resources.get(function.address))
        found |= {"version": version} if version else {}
    urls = urls_of(function, observed, known)
    if urls:
        found["url"] = urls[0]
    return found


def _of_layer(layer: LayerSpec, observed: Observed, known: Mapping[Ref, Value]) -> dict[str, Value]:
    resource = observed.resources.get(layer.address)
    version = known.get(Ref(layer.address, "version"), resource.facts.get("version") if resource else None)
    found = {**layer_outputs(layer), "version": version}
    return {name: value for name, value in found.items() if value is not None}


def urls_of(function: FunctionSpec, observed: Observed, known: Mapping[Ref, Value] = _NOTHING) -> tuple[str, ...]:
    """The URLs under which a function answers, those of all its triggers."""
    seen = {
        address: resource.facts.get("urls")
        for address, resource in observed.resources.items()
        if address.kind == "trigger" and address.of == function.address
    }
    new = {
        ref.address: urls
        for ref, urls in known.items()
        if ref.attribute == "urls" and ref.address.of == function.address
    }
    found = sorted({**seen, **new}.items())
    return tuple(str(url) for _, urls in found if isinstance(urls, list | tuple) for url in urls)
