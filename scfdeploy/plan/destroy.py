"""Makes a plan that removes what the project owns, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scfdeploy.model import FunctionSpec, Observed, Project, Resource
from scfdeploy.plan import words
from scfdeploy.plan.change import Plan
from scfdeploy.plan.make import assembled, deletion, elsewhere, triggers_by_function, unlisted_in_reach
from scfdeploy.plan.part import Part, combined
from scfdeploy.plan.policies import Policy, Standing, standing
from scfdeploy.plan.trigger_changes import plan_unbinding


def make_destroy_plan(project: Project, observed: Observed, policy: Policy) -> Plan:
    """Delete every function that carries the project's mark: those in the files, and those they no longer name.

    Triggers and asynchronous settings vanish with their function and are no changes of their own; only triggers of the
    file that other products keep are unbound before it. What carries no mark or another's is left alone and said so.
    """
    triggers = triggers_by_function(observed)
    listed = combined(
        _destroy(spec, resource, triggers.get(spec.address, ()))
        for spec in project.functions
        if (resource := observed.resources.get(spec.address)) is not None
    )
    gone = [_destroy_unlisted(resource, reachable) for resource, reachable in unlisted_in_reach(project, observed)]
    return assembled(project, observed, policy, combined([listed, *gone]))


def _destroy(spec: FunctionSpec, resource: Resource, triggers: Sequence[Resource]) -> Part:
    match standing(resource.owner, wanted=spec.owner):
        case Standing.UNMARKED:
            return Part(left_alone=((resource.address, "carries no mark of this project"),))
        case Standing.FOREIGN:
            owner = resource.owner or spec.owner
            return Part(left_alone=((resource.address, f'belongs to app "{owner.app}", stage "{owner.stage}"'),))
    unbinding = plan_unbinding(spec, triggers)
    unbound = tuple(change.address for change in unbinding.changes)
    outlast = {*unbound, *(address for address, _ in unbinding.left_alone)}
    names = [trigger.address.name for trigger in triggers if trigger.address not in outlast]
    with_it = f"{words.listed(names)} {'goes' if len(names) == 1 else 'go'} with it" if names else ""
    gone = replace(deletion(resource, words.joined("belongs to this project", with_it)), requires=unbound)
    return combined([unbinding, Part((gone,))])


def _destroy_unlisted(resource: Resource, reachable: bool) -> Part:
    if not reachable:
        return Part(left_alone=((resource.address, elsewhere(resource)),))
    return Part((deletion(resource, "carries this project's mark, though no file names it"),))
