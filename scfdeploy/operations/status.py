"""`status` and `versions`: what is deployed, and how it differs from the files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from scfdeploy.model import Address, DomainSpec, FunctionSpec, LayerSpec, Project, Resource, Value, domains_of
from scfdeploy.model.resource_kind import ALIAS, TRIGGER
from scfdeploy.operations.event_stats import local_metrics
from scfdeploy.operations.outputs import urls_of
from scfdeploy.operations.plan import PlannedProject, plan_project
from scfdeploy.operations.query import with_all_version_queries
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import load_deployed
from scfdeploy.operations.urls.local import local_urls
from scfdeploy.plan import Action, Change, FieldChange, Policy
from scfdeploy.plan.edges import PlanFragment
from scfdeploy.plan.policy import Target
from scfdeploy.plan.resources.alias_routing import Route
from scfdeploy.plan.targets import resolve_targets
from scfdeploy.providers.base import Query
from scfdeploy.results import Findings
from scfdeploy.results.aliases import AliasInfo, VersionList
from scfdeploy.results.events import FunctionMetrics
from scfdeploy.results.status import DomainStatus, FunctionStatus, LayerStatus, StatusReport


def status(request: Request, cloud: CloudOptions, targets: tuple[Target, ...] = ()) -> StatusReport:
    """Read the functions and layers of the project, or those that `targets` name.

    Raises ScfDeployError for a target that the project does not have, and if the cloud cannot be read.
    """

    def complete_query(query: Query, project: Project) -> Query:
        _targeted(project, targets)
        return with_all_version_queries(query, project)

    planned = plan_project(request, cloud, Policy(), complete_query=complete_query)
    if isinstance(planned, Findings):
        return StatusReport(planned, ok=False, project=None)
    targeted = _targeted(planned.project, targets)
    functions = [_function(function, planned) for function in planned.project.functions if function.address in targeted]
    local = local_urls(cloud, planned.project.root, planned.project.key.region)
    if local is not None:
        functions = [function._replace(urls=local.of(function.address)) for function in functions]
    metrics = local_metrics(cloud, planned.project.root)
    if metrics is not None:
        region = planned.project.key.region
        functions = [_with_metrics(function, region, metrics) for function in functions]
    layers = [_layer(layer, planned) for layer in planned.project.layers if layer.address in targeted]
    own_domains = domains_of(planned.project)
    domains = [_domain(domain, planned) for domain in own_domains if domain.address in targeted]
    number = len(planned.project.functions) + len(planned.project.layers) + len(own_domains)
    return StatusReport(
        planned.findings,
        ok=True,
        project=planned.project.key,
        functions=functions,
        layers=layers,
        serve_command=local.serve_command if local is not None else "",
        domains=domains,
        omitted=number - len(functions) - len(layers) - len(domains),
    )


def _targeted(project: Project, targets: tuple[Target, ...]) -> Collection[Address]:
    known = [
        *(function.address for function in project.functions),
        *(layer.address for layer in project.layers),
        *(domain.address for domain in domains_of(project)),
    ]
    return frozenset(resolve_targets(PlanFragment(), targets, known=known) if targets else known)


def versions(request: Request, cloud: CloudOptions, name: str) -> VersionList:
    """List the versions and aliases of a function. Raises ScfDeployError if it does not exist."""
    function = load_deployed(request, cloud, name)
    aliases = [
        AliasInfo(alias.address, Route.of(alias), str(alias.settings.get("aliasDescription") or ""))
        for _, alias in sorted(function.aliases.items())
    ]
    return VersionList(Findings(), True, function.address, function.versions, aliases)


def _function(function: FunctionSpec, planned: PlannedProject) -> FunctionStatus:
    resource = planned.observed.resources.get(function.address)
    settings = resource.settings if resource else {}
    attributes = resource.attributes if resource else {}
    owner = resource.owner if resource else None
    return FunctionStatus(
        address=function.address,
        state=resource.state if resource else "",
        state_reason=resource.state_reason if resource else "",
        runtime=str(settings.get("runtime") or ""),
        memory_size=_number(settings.get("memorySize")),
        timeout=_number(settings.get("timeout")),
        modified=str(attributes.get("modified") or ""),
        owned=owner == function.owner,
        drift=_drift(function.address, planned) if resource else (),
        triggers=[_trigger(trigger) for trigger in planned.observed.parts_of(function.address, TRIGGER)],
        urls=urls_of(function, planned.observed),
        versions=_texts(attributes.get("versions")),
        aliases=[alias.address.name for alias in planned.observed.parts_of(function.address, ALIAS)],
    )


def _with_metrics(function: FunctionStatus, region: str, metrics: Mapping[str, FunctionMetrics]) -> FunctionStatus:
    namespace, name = function.address.namespace, function.address.function
    return function._replace(metrics=metrics.get(f"{region}/{namespace}/{name}"))


def _layer(layer: LayerSpec, planned: PlannedProject) -> LayerStatus:
    resource = planned.observed.resources.get(layer.address)
    attributes = resource.attributes if resource else {}
    owner = resource.owner if resource else None
    return LayerStatus(
        address=layer.address,
        state=resource.state if resource else "",
        version=_number(attributes.get("version")),
        runtimes=_texts(resource.settings.get("runtimes")) if resource else (),
        modified=str(attributes.get("modified") or ""),
        owned=owner == layer.owner,
        drift=_drift(layer.address, planned) if resource else (),
        versions=_texts(attributes.get("versions")),
    )


def _domain(domain: DomainSpec, planned: PlannedProject) -> DomainStatus:
    resource = planned.observed.resources.get(domain.address)
    settings = resource.settings if resource else {}
    routes = settings.get("routes")
    return DomainStatus(
        address=domain.address,
        exists=resource is not None,
        protocols=_texts(settings.get("protocols")),
        certificate_id=str(settings.get("certificateId") or ""),
        routes=[route for route in routes if isinstance(route, Mapping)] if isinstance(routes, list | tuple) else (),
        owned=resource is not None and resource.owner == domain.owner,
        drift=_drift(domain.address, planned) if resource else (),
    )


def _drift(address: Address, planned: PlannedProject) -> Sequence[FieldChange]:
    """The fields of a resource and its parts that apply would change; a missing or extra trigger counts as a field."""
    return tuple(
        field for change in planned.plan.changes if change.address.of == address for field in _differing(change)
    )


def _differing(change: Change) -> Sequence[FieldChange]:
    is_trigger = change.address.kind is TRIGGER
    match change.action:
        case Action.UPDATE | Action.REPLACE:
            return change.fields
        case Action.CREATE if is_trigger:
            return (FieldChange("events", None, change.address.name),)
        case Action.DELETE if is_trigger:
            return (FieldChange("events", change.address.name, None),)
    return ()


def _trigger(resource: Resource) -> dict[str, Value]:
    trigger_type, _, name = resource.address.name.partition("/")
    return {
        "address": str(resource.address),
        "type": trigger_type,
        "name": name,
        "owned": resource.owner is not None,
        # Settings called `type` and `name` must not replace those of the address.
        **{key: value for key, value in resource.settings.items() if key not in ("type", "name")},
    }


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
