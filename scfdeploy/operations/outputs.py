"""Outputs of an apply: what other tools need to know about each instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scfdeploy.apply import Outcome, Status
from scfdeploy.model import Address, FunctionSpec, LayerSpec, Observed, Project, Ref, Value
from scfdeploy.model.outputs import layer_outputs
from scfdeploy.model.resource_kind import TRIGGER
from scfdeploy.operations.urls.local import LocalUrls
from scfdeploy.plan import Action
from scfdeploy.plan.resources.version import newest, wants_versions

_NO_URLS: Mapping[Address, Mapping[Address, Value]] = {}


def outputs(
    project: Project, observed: Observed, outcomes: Sequence[Outcome] = (), *, local: LocalUrls | None = None
) -> dict[str, dict[str, Value]]:
    """The outputs of each instance by its name; `outcomes` are the changes made since `observed` was read.

    A function has its name, namespace, region and runtime, its URL and its newest published version if it has them. An
    instance with several functions has one such block per function key. A layer has its name, version, region and
    runtimes. Only resources that exist have outputs.
    """
    values = known_values(outcomes)
    changed_urls = urls_by_function(values)
    by_address = {outcome.address: outcome for outcome in outcomes}
    result: dict[str, dict[str, Value]] = {}
    for instance in project.instances:
        block: dict[str, Value] = result.setdefault(instance.name, {})
        for function in instance.functions:
            outcome = by_address.get(function.address)
            if _exists(function.address, observed, outcome):
                is_current = outcome is None or outcome.status is Status.SUCCEEDED
                urls = local.of(function.address) if local is not None else urls_of(function, observed, changed_urls)
                fields = _function_outputs(function, observed, values, urls, is_current=is_current)
                block.update({function.key: fields} if function.key else fields)
        for layer in instance.layers:
            if _exists(layer.address, observed, by_address.get(layer.address)):
                block.update(_layer_outputs(layer, observed, values))
    return {name: block for name, block in result.items() if block}


def known_values(outcomes: Iterable[Outcome]) -> dict[Ref, Value]:
    """The values that became known during an apply. A resource that may be deleted has no URLs."""
    values: dict[Ref, Value] = {}
    for outcome in outcomes:
        values |= {Ref(outcome.address, name): value for name, value in outcome.outputs.items()}
        if _may_be_deleted(outcome):
            values[Ref(outcome.address, "urls")] = ()
    return values


def urls_by_function(values: Mapping[Ref, Value]) -> dict[Address, dict[Address, Value]]:
    """The URLs among the values by function and trigger."""
    urls: dict[Address, dict[Address, Value]] = {}
    for ref, value in values.items():
        if ref.attribute == "urls":
            urls.setdefault(ref.address.of, {})[ref.address] = value
    return urls


def urls_of(
    function: FunctionSpec, observed: Observed, changed_urls: Mapping[Address, Mapping[Address, Value]] = _NO_URLS
) -> tuple[str, ...]:
    """The URLs of all triggers of a function; `changed_urls` are those of changed triggers, by function."""
    return tuple(url for _, group in sorted(urls_by_trigger(function, observed, changed_urls).items()) for url in group)


def urls_by_trigger(
    function: FunctionSpec, observed: Observed, changed_urls: Mapping[Address, Mapping[Address, Value]]
) -> dict[Address, tuple[str, ...]]:
    """The same by trigger, without triggers that have none."""
    triggers = observed.parts_of(function.address, TRIGGER)
    urls = {trigger.address: trigger.attributes.get("urls") for trigger in triggers}
    urls |= changed_urls.get(function.address, {})
    return {
        address: tuple(map(str, group)) for address, group in urls.items() if isinstance(group, list | tuple) and group
    }


def _may_be_deleted(outcome: Outcome) -> bool:
    if outcome.action is Action.DELETE:
        return outcome.may_have_changed
    return outcome.action is Action.REPLACE and outcome.status is not Status.SUCCEEDED and outcome.may_have_changed


def _exists(address: Address, observed: Observed, outcome: Outcome | None) -> bool:
    if outcome is not None and outcome.status is Status.SUCCEEDED:
        return outcome.action is not Action.DELETE
    return address in observed.resources and not (outcome is not None and _may_be_deleted(outcome))


def _function_outputs(
    function: FunctionSpec, observed: Observed, values: Mapping[Ref, Value], urls: Sequence[str], *, is_current: bool
) -> dict[str, Value]:
    """The outputs of one function; `is_current` says that no change of it has failed in this run."""
    fields: dict[str, Value] = {
        "name": function.address.function,
        "namespace": function.address.namespace,
        "region": function.region,
    }
    resource = observed.resources.get(function.address)
    settings = function.settings if is_current or resource is None else resource.settings
    if "runtime" in settings:
        fields["runtime"] = settings["runtime"]
    if wants_versions(function):
        version = values.get(Ref(function.address, "version")) or newest(resource)
        fields |= {"version": version} if version else {}
    if urls:
        fields["url"] = urls[0]
    return fields


def _layer_outputs(layer: LayerSpec, observed: Observed, values: Mapping[Ref, Value]) -> dict[str, Value]:
    resource = observed.resources.get(layer.address)
    version = values.get(Ref(layer.address, "version"), resource.attributes.get("version") if resource else None)
    fields = {**layer_outputs(layer), "version": version}
    return {name: value for name, value in fields.items() if value is not None}
