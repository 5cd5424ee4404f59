"""Plan custom domains: each is managed as a whole, with its protocols, its certificate and its routes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import (
    FUNCTION_FIELDS,
    Address,
    DomainSpec,
    Field,
    Observed,
    Project,
    Resource,
    UpdateMode,
    domains_of,
)
from scfdeploy.model.domains import routed_functions
from scfdeploy.model.fields import by_name
from scfdeploy.model.resource_kind import DOMAIN, TRIGGER
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.diff.differences import additions, differences, removals
from scfdeploy.plan.diff.normalise import normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, merge
from scfdeploy.plan.policy import Policy, ownership_tag_changes, refusal

_URL_TRIGGER = "http/"
_ENDING = (Action.DELETE, Action.REPLACE)


def plan_domains(project: Project, observed: Observed, policy: Policy) -> PlanFragment:
    """The changes of all custom domains in the files."""
    specs = {spec.address: spec for spec in reversed(domains_of(project))}  # a rule reports a duplicate
    return merge(_plan(spec, observed.resources.get(spec.address), policy) for spec in reversed(specs.values()))


def delete_domain(resource: Resource, reason: str) -> PlanFragment:
    """The deletion of a custom domain."""
    removed = removals(_fields(), normal_settings(_fields(), resource.settings))
    return PlanFragment((Change(resource.address, Action.DELETE, reason, removed, owner=resource.owner),))


def domain_edges(changes: Sequence[Change]) -> Iterator[Edge]:
    """The dependencies between domains and what their routes call: functions, their URLs and aliases."""
    domains = [change for change in changes if change.address.kind is DOMAIN]
    if not domains:
        return
    urls = [change for change in changes if _is_url(change.address)]
    for domain in domains:
        before, after = _routed_before(domain), routed_functions(domain.settings)
        yield from _route_edges(domain.address, after, urls)
        yield from _unroute_edges(domain.address, before, after, changes)


def _route_edges(domain: Address, after: Collection[tuple[Address, str]], urls: Sequence[Change]) -> Iterator[Edge]:
    """A domain changes after what it will call exists."""
    for function, qualifier in sorted(after):
        yield Edge(domain, function, EdgeReason.ROUTE)
        yield Edge(domain, function.alias(qualifier), EdgeReason.ALIAS)
        of_function = [url for url in urls if url.address.of == function]
        # A URL that takes the place of another may have to wait for the domain.
        if not any(url.action in _ENDING for url in of_function):
            yield from (Edge(domain, url.address, EdgeReason.ROUTE) for url in of_function)


def _unroute_edges(
    domain: Address,
    before: Collection[tuple[Address, str]],
    after: Collection[tuple[Address, str]],
    changes: Sequence[Change],
) -> Iterator[Edge]:
    """What a domain calls no longer is deleted after the change of the domain: the platform rejects it until then."""
    still_called = {function for function, _ in after}
    ended = {function for called in before if called not in after for function in called[:1]}
    for change in changes:
        function = change.address.of
        if change.action in _ENDING and function in ended:
            is_function = change.address == function and function not in still_called
            if is_function or _is_url(change.address):
                yield Edge(change.address, domain, EdgeReason.UNROUTE)


def _is_url(address: Address) -> bool:
    return address.kind is TRIGGER and address.name.startswith(_URL_TRIGGER)


def _routed_before(domain: Change) -> frozenset[tuple[Address, str]]:
    """What the domain calls until the change, if its routes change."""
    before = {field.path: field.before for field in domain.fields if field.path == "routes"}
    return routed_functions(before)


def _plan(spec: DomainSpec, resource: Resource | None, policy: Policy) -> PlanFragment:
    if resource is None:
        added = additions(_fields(), spec.settings)
        change = Change(
            spec.address, Action.CREATE, reasons.new(), added, spec.settings, spec.owner, warnings=_requirements(spec)
        )
        return PlanFragment((change,))
    refused = refusal(resource, desired=spec.owner, policy=policy)
    if refused is not None:
        return PlanFragment(rejected=(refused,))
    fields = _fields()
    current = normal_settings(fields, resource.settings)
    changed = differences(fields, spec.settings, current)
    tags, adoption = ownership_tag_changes(resource, desired=spec.owner)
    written = (*changed, *tags)
    return PlanFragment(
        (
            Change(
                spec.address,
                Action.UPDATE if written else Action.NO_OP,
                reasons.joined(adoption, reasons.differing(changed)) or reasons.same(),
                written,
                {**current, **spec.settings},
                spec.owner,
            ),
        )
    )


def _requirements(spec: DomainSpec) -> tuple[str, ...]:
    return (
        message(
            "The domain needs a CNAME record to APPID.{region}.tencentscf.com and, for a region in mainland China, an "
            "ICP filing.",
            region=spec.function.region,
        ),
    )


def _fields() -> tuple[Field, ...]:
    """The compared fields: the domain itself is in the address."""
    table = by_name(FUNCTION_FIELDS)["customDomains"].fields
    return tuple(field for field in table if field.update_mode is not UpdateMode.IDENTITY)
