"""`status`: what is in the cloud now, and how it differs from the files."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.model import Address, FunctionSpec, LayerSpec, Observed, Resource, Value
from scfdeploy.model.resource_kind import ALIAS, TRIGGER
from scfdeploy.operations.outputs import urls_of
from scfdeploy.operations.plan import PlannedProject, plan_project
from scfdeploy.operations.query import with_all_version_queries
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Action, Change, FieldChange, Policy
from scfdeploy.results import Findings, FunctionStatus, LayerStatus, StatusReport


def status(request: Request, cloud: CloudOptions) -> StatusReport:
    """Look at every function of the project. Raises ScfDeployError when the cloud cannot be asked."""
    planned = plan_project(request, cloud, Policy(), complete_query=with_all_version_queries)
    if isinstance(planned, Findings):
        return StatusReport(planned, ok=False, project=None)
    functions = [_function(function, planned) for function in planned.project.functions]
    layers = [_layer(layer, planned) for layer in planned.project.layers]
    return StatusReport(planned.findings, ok=True, project=planned.project.key, functions=functions, layers=layers)


def _function(function: FunctionSpec, planned: PlannedProject) -> FunctionStatus:
    resource = planned.observed.resources.get(function.address)
    settings = resource.settings if resource else {}
    facts = resource.attributes if resource else {}
    owner = resource.owner if resource else None
    return FunctionStatus(
        address=function.address,
        state=resource.state if resource else "",
        state_reason=resource.state_reason if resource else "",
        runtime=str(settings.get("runtime") or ""),
        memory_size=_number(settings.get("memorySize")),
        timeout=_number(settings.get("timeout")),
        modified=str(facts.get("modified") or ""),
        owned=owner == function.owner,
        drift=_drift(function.address, planned) if resource else (),
        triggers=_triggers(function, planned.observed),
        urls=urls_of(function, planned.observed),
        versions=_texts(facts.get("versions")),
        aliases=_aliases(function, planned.observed),
    )


def _layer(layer: LayerSpec, planned: PlannedProject) -> LayerStatus:
    resource = planned.observed.resources.get(layer.address)
    facts = resource.attributes if resource else {}
    owner = resource.owner if resource else None
    return LayerStatus(
        address=layer.address,
        state=resource.state if resource else "",
        version=_number(facts.get("version")),
        runtimes=_texts(resource.settings.get("runtimes")) if resource else (),
        modified=str(facts.get("modified") or ""),
        owned=owner == layer.owner,
        drift=_drift(layer.address, planned) if resource else (),
        versions=_texts(facts.get("versions")),
    )


def _drift(address: Address, planned: PlannedProject) -> Sequence[FieldChange]:
    """What apply would change of the resource and its parts; parts that are missing or too many by their names."""
    return tuple(
        field for change in planned.plan.changes if change.address.of == address for field in _differing(change)
    )


def _differing(change: Change) -> Sequence[FieldChange]:
    is_part = change.address.kind is TRIGGER
    match change.action:
        case Action.UPDATE | Action.REPLACE:
            return change.fields
        case Action.CREATE if is_part:
            return (FieldChange("events", None, change.address.name),)
        case Action.DELETE if is_part:
            return (FieldChange("events", change.address.name, None),)
    return ()


def _triggers(function: FunctionSpec, observed: Observed) -> Sequence[dict[str, Value]]:
    return [_trigger(resource) for resource in observed.parts_of(function.address, TRIGGER)]


def _aliases(function: FunctionSpec, observed: Observed) -> tuple[str, ...]:
    return tuple(alias.address.name for alias in observed.parts_of(function.address, ALIAS))


def _trigger(resource: Resource) -> dict[str, Value]:
    trigger_type, _, name = resource.address.name.partition("/")
    return {
        "address": str(resource.address),
        "type": trigger_type,
        "name": name,
        "owned": resource.owner is not None,
        # A trigger's own `type` and `name`, where it has such settings, are parts of its address already.
        **{key: value for key, value in resource.settings.items() if key not in ("type", "name")},
    }


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
