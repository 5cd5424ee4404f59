"""Makes a plan towards what the files say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.model import Address, Bundle, FunctionSpec, Observed, Project, Resource
from scfdeploy.plan.asynchronous import plan_async, plan_async_of_new
from scfdeploy.plan.change import Action, Change, Plan, Refusal
from scfdeploy.plan.digest import observed_digest
from scfdeploy.plan.functions import plan_function
from scfdeploy.plan.order import linked
from scfdeploy.plan.part import Part, combined
from scfdeploy.plan.policies import Policy, in_reach
from scfdeploy.plan.targets import targeted
from scfdeploy.plan.trigger_changes import (
    ignored_triggers,
    ignores_triggers,
    making_room,
    plan_triggers,
    plan_triggers_of_new,
)

DELETED_WITH = "Its published versions, aliases and triggers go with it."


def make_plan(project: Project, bundles: Mapping[Address, Bundle], observed: Observed, policy: Policy) -> Plan:
    """What has to change so that the cloud is as the files say.

    A function without a bundle keeps its code. A plan with `refused` entries can be shown, not applied. Raises
    ScfDeployError for a target that does not exist and for references in a circle.
    """
    triggers = triggers_by_function(observed)
    functions = combined(
        _plan_one(
            spec, bundles.get(spec.address), observed=observed, triggers=triggers.get(spec.address, ()), policy=policy
        )
        for spec in project.functions
    )
    return assembled(project, observed, policy, combined([functions, _plan_unlisted(project, observed, policy)]))


def assembled(project: Project, observed: Observed, policy: Policy, part: Part) -> Plan:
    """The plan made of `part`, cut to the policy's targets and put in order."""
    kept = targeted(part, policy.targets, known=(spec.address for spec in project.functions))
    changes = linked(making_room(kept.changes))
    return Plan(project.key, changes, kept.refused, kept.left_alone, observed_digest(observed))


def triggers_by_function(observed: Observed) -> dict[Address, tuple[Resource, ...]]:
    """The observed triggers of each function, by name."""
    found: dict[Address, list[Resource]] = {}
    for address, resource in sorted(observed.resources.items()):
        if address.kind == "trigger":
            found.setdefault(address.of, []).append(resource)
    return {address: tuple(resources) for address, resources in found.items()}


def unlisted_in_reach(project: Project, observed: Observed) -> Iterable[tuple[Resource, bool]]:
    """Functions that carry the project's mark and that no file names, each with whether this run may delete it."""
    listed = {spec.address for spec in project.functions}
    for resource in sorted(observed.unlisted, key=lambda found: found.address):
        if resource.address not in listed:
            yield resource, in_reach(project, resource.owner)


def _plan_one(
    spec: FunctionSpec, bundle: Bundle | None, *, observed: Observed, triggers: tuple[Resource, ...], policy: Policy
) -> Part:
    resource = observed.resources.get(spec.address)
    planned = plan_function(spec, bundle, resource, triggers=triggers, policy=policy)
    if isinstance(planned, Refusal):
        return Part(refused=(planned,))
    own = Part((planned,))
    if planned.action in (Action.CREATE, Action.REPLACE):
        own = combined([own, Part(plan_async_of_new(spec))])
        return own if ignores_triggers(spec) else combined([own, plan_triggers_of_new(spec)])
    settings = observed.resources.get(spec.address.asynchronous())
    found = ignored_triggers(triggers) if ignores_triggers(spec) else plan_triggers(spec, triggers, policy)
    return combined([own, Part(plan_async(spec, settings)), found])


def _plan_unlisted(project: Project, observed: Observed, policy: Policy) -> Part:
    parts = []
    for resource, reachable in unlisted_in_reach(project, observed):
        if not reachable:
            parts.append(Part(left_alone=((resource.address, elsewhere(resource)),)))
        elif policy.prune:
            reason = "carries this project's mark, no file names it, and --prune is given"
            parts.append(Part((deletion(resource, reason),)))
        else:
            words = "carries this project's mark and no file names it; --prune deletes it"
            parts.append(Part(left_alone=((resource.address, words),)))
    return combined(parts)


def deletion(resource: Resource, reason: str) -> Change:
    """The deletion of a function, with what goes with it."""
    return Change(resource.address, Action.DELETE, reason, owner=resource.owner, warnings=(DELETED_WITH,))


def elsewhere(resource: Resource) -> str:
    """Why a function of a neighbouring instance is left alone."""
    instance = resource.owner.instance if resource.owner else ""
    return f'belongs to instance "{instance}", whose file was not read; a run over the folder above sees it'
