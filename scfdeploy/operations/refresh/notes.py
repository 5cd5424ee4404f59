"""Writes and removes the notes of what an apply left in the cloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy import __version__
from scfdeploy.apply import Outcome
from scfdeploy.model import Address, FunctionSpec, Project, Ref
from scfdeploy.model.observed import ACTIVE
from scfdeploy.operations.outputs import known_values, urls_by_function, urls_by_trigger
from scfdeploy.operations.refresh.digests import ContentDigests
from scfdeploy.operations.refresh.related_folders import linked_folders, related_folders
from scfdeploy.operations.request import CloudOptions, endpoint_of
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.plan.resources.version import newest, wants_versions
from scfdeploy.workspace.refresh_notes import FunctionNote, NotesScope, RefreshNotes, has_notes

if TYPE_CHECKING:
    from scfdeploy.operations.plan import PlannedProject


def open_notes(project: Project, cloud: CloudOptions, root: str = "") -> RefreshNotes:
    """The notes of this project in this cloud; `root` is another folder than that of the project.

    They belong to an account too: the id of a function, which each note has, is unique across accounts.
    """
    key = project.key
    scope = NotesScope(endpoint_of(cloud), key.region, key.app, key.stage)
    return RefreshNotes(root or project.root, scope, version=__version__)


def forget_changed(plan: Plan, project: Project, cloud: CloudOptions) -> None:
    """Before the first write of a run: remove the notes of the functions that it changes.

    Also those of runs with the folder above or below as the project, and of runs with another endpoint, which can be
    the same cloud. Raises ScfDeployError if one would stay that must not.
    """
    changes = (change for change in plan.changes if change.action is not Action.NO_OP)
    functions = {str(change.address.of) for change in changes if not change.address.kind.is_shared}
    for root in (project.root, *filter(has_notes, related_folders(project))):
        open_notes(project, cloud, root).forget(functions, is_local=cloud.local is not None)


def note_applied(planned: PlannedProject, cloud: CloudOptions, outcomes: Sequence[Outcome]) -> None:
    """After a run in which every change succeeded: note the functions that it read or changed."""
    notes = open_notes(planned.project, cloud)
    notes.replace(_Applied(planned, outcomes, notes).notes())


class _Applied:
    """The state of the functions after a successful run."""

    def __init__(self, planned: PlannedProject, outcomes: Sequence[Outcome], notes: RefreshNotes) -> None:
        self._planned = planned
        self._observed = planned.observed
        self._outcomes = {outcome.address: outcome for outcome in outcomes}
        self._changed = {outcome.address.of for outcome in outcomes}
        self._values = known_values(outcomes)
        self._changed_urls = urls_by_function(self._values)
        self._before = notes.by_address
        self._salt = notes.salt
        self._changes: dict[Address, list[Change]] = {}
        for change in planned.plan.changes:
            if not change.address.kind.is_shared:
                self._changes.setdefault(change.address.of, []).append(change)

    def notes(self) -> dict[str, FunctionNote]:
        """The notes of all functions of which enough is known, by address."""
        planned, observed = self._planned, self._observed
        layers = [resource for address, resource in observed.resources.items() if address.kind.is_shared]
        values = {Ref(layer.address, name): value for layer in layers for name, value in layer.attributes.items()}
        digests = ContentDigests(planned.project, planned.bundles, values | self._values, salt=self._salt)
        targets = planned.plan.targets
        folders = linked_folders(planned.project)
        linked = {instance.name for instance in planned.project.instances if instance.root in folders}
        notes: dict[str, FunctionNote] = {}
        for spec in planned.project.functions:
            if spec.owner.instance in linked:
                continue
            if spec.address in observed.unread or (targets and spec.address not in targets):
                note = self._kept(spec)
            else:
                note = self._new(spec, digests)
            if note is not None:
                notes[str(spec.address)] = note
        return notes

    def _kept(self, spec: FunctionSpec) -> FunctionNote | None:
        note, entry = self._before.get(str(spec.address)), self._observed.entries.get(spec.address)
        if note is None or note.entry or entry is None or spec.address not in self._observed.unread:
            return note
        return note._replace(entry=entry.digest)

    def _new(self, spec: FunctionSpec, digests: ContentDigests) -> FunctionNote | None:
        identity = self._identity(spec.address)
        if identity is None:
            return None
        parts = (
            change.address
            for change in self._changes[spec.address]
            if change.address != spec.address and change.action is not Action.DELETE
        )
        return FunctionNote(
            *identity,
            digests.of(spec),
            tuple(sorted(map(str, parts))),
            self._urls(spec),
            self._version(spec),
        )

    def _identity(self, function: Address) -> tuple[str, str, str] | None:
        """The id, the modification time and the digest of the list entry; None if a change could go unnoticed."""
        outcome, resource = self._outcomes.get(function), self._observed.resources.get(function)
        if function not in self._changes:
            return None
        match outcome.outputs if outcome is not None else {}:
            case {"functionId": str(function_id), "modified": str(modified)}:
                is_settled = self._planned.provider.writer.is_settled(function, modified)
                return (function_id, modified, "") if is_settled else None
        if resource is None or resource.state != ACTIVE or function not in self._observed.settled:
            return None
        identity = str(resource.attributes.get("functionId")), str(resource.attributes.get("modified"))
        entry = self._observed.entries.get(function)
        if entry is not None and (entry.function_id, entry.modified) != identity:
            return None
        return (*identity, entry.digest if entry is not None and function not in self._changed else "")

    def _urls(self, spec: FunctionSpec) -> dict[str, tuple[str, ...]]:
        urls = urls_by_trigger(spec, self._observed, self._changed_urls)
        return {str(address): group for address, group in urls.items()}

    def _version(self, spec: FunctionSpec) -> str:
        if not wants_versions(spec):
            return ""
        version = self._values.get(Ref(spec.address, "version"))
        return str(version or newest(self._observed.resources.get(spec.address)) or "")
