"""Refuses to delete and to replace what `protect: true` protects, in the file or in the tags of the function."""

from __future__ import annotations

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Observed, Project, Resource, Value, domains_of
from scfdeploy.model.resource_kind import DOMAIN, FUNCTION, LAYER
from scfdeploy.plan.change import Action, Change, Refusal
from scfdeploy.plan.edges import PlanFragment
from scfdeploy.records import replace

PROTECTED = Finding(
    "protected",
    Severity.ERROR,
    "Resource is protected",
    detail="is protected (`protect: true`) and would be deleted",
    hint="To delete it, write `protect: false` in its file and run the command again.",
    title="A protected function would be deleted or replaced.",
    what="The function has `protect: true`, in its file or when it was last applied, and the plan deletes or replaces "
    "it.",
    why="A replaced function loses its versions, aliases and URL, and a deleted one everything. `protect` makes that a "
    "decision of its own.",
    wrong=yaml("protect: true   # and `scfdeploy destroy`"),
    right=yaml("protect: false   # then `scfdeploy destroy`"),
)

_CREATE_FAILED = "CreateFailed"


def with_protection(fragment: PlanFragment, project: Project, observed: Observed) -> PlanFragment:
    """The fragment with a refusal in place of each deletion and replacement of a protected resource."""
    written = {function.address: function.settings.get("protect") for function in project.functions}
    written |= {layer.address: layer.protect for layer in project.layers}
    written |= {domain.address: domain.function.settings.get("protect") for domain in domains_of(project)}
    resources = {resource.address: resource for resource in observed.unlisted} | dict(observed.resources)
    refusals = {
        change.address: _refusal(change, is_listed=change.address in written)
        for change in fragment.changes
        if change.action in (Action.DELETE, Action.REPLACE)
        and change.address.kind in (FUNCTION, LAYER, DOMAIN)
        and _is_protected(written.get(change.address), resources.get(change.address))
    }
    if not refusals:
        return fragment
    # What belongs to a function is planned with it.
    changes = tuple(change for change in fragment.changes if not {change.address, change.address.of} & refusals.keys())
    return replace(fragment, changes=changes, rejected=(*fragment.rejected, *refusals.values()))


def _is_protected(written: Value, resource: Resource | None) -> bool:
    """Whether the file says so, or the tags if the file says nothing."""
    # A function whose creation failed has nothing to lose.
    if resource is None or resource.state == _CREATE_FAILED:
        return False
    if written is None:
        return resource.attributes.get("protected") is True
    return written is not False


def _refusal(change: Change, *, is_listed: bool) -> Refusal:
    if change.action is Action.REPLACE:
        return Refusal.of(
            PROTECTED,
            change.address,
            reason="is protected (`protect: true`) and would be replaced: {cause}",
            hint="Undo that difference, or write `protect: false` to replace it.",
            cause=change.reason,
        )
    if is_listed:
        return Refusal.of(PROTECTED, change.address)
    return Refusal.of(
        PROTECTED,
        change.address,
        reason="is protected (tag scfdeploy:protect) and would be deleted, because no file lists it",
        hint="To delete it, restore its file with `protect: false`, apply, and remove it from the file again.",
    )
