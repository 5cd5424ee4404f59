"""Chooses the functions that a plan does not read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from scfdeploy.model import Address, Bundle, FunctionSpec, ListEntry, Observed, Project, Ref, Resource, Value
from scfdeploy.model.observed import ACTIVE, WRITE_ONLY_TAGS
from scfdeploy.operations.refresh.digests import ContentDigests
from scfdeploy.operations.refresh.notes import open_notes
from scfdeploy.operations.request import CloudOptions
from scfdeploy.plan import Action, Change, Plan, Policy, RefreshSummary
from scfdeploy.plan.desired import referenced_functions
from scfdeploy.plan.diff.differences import differences
from scfdeploy.plan.diff.normalise import function_fields, normal_settings
from scfdeploy.plan.resources.layer import plan_layer
from scfdeploy.records import replace
from scfdeploy.workspace.refresh_notes import FunctionNote


class UnreadSelection:
    """Chooses the functions that one refresh does not read."""

    def __init__(
        self,
        project: Project,
        policy: Policy,
        cloud: CloudOptions,
        *,
        half_replaced: Collection[Address],
    ) -> None:
        self._project = project
        self._bundles: Mapping[Address, Bundle] = {}
        self._policy = policy
        self._mode = cloud.refresh
        self._half_replaced = half_replaced
        self._notes = open_notes(project, cloud)

    def provide_code(self, bundles: Mapping[Address, Bundle]) -> None:
        """Set the code of the files, before the first choice."""
        self._bundles = bundles

    @property
    def chooser(self) -> Callable[[Observed], Collection[Address]] | None:
        """Returns the functions that are not read; None if all are.

        Options that delete or take over what no file lists need all settings of all functions.
        """
        policy = self._policy
        if policy.adopt or policy.prune or policy.keep is not None or not self._notes.by_address:
            return None
        return self._choose

    def _choose(self, observed: Observed) -> Collection[Address]:
        values = _unchanged_layers(self._project, self._bundles, observed, self._policy)
        digests = ContentDigests(self._project, self._bundles, values, salt=self._notes.salt)
        unread = {
            spec.address
            for spec in self._project.functions
            if spec.address not in self._half_replaced and self._is_unchanged(spec, observed.entries, digests)
        }
        return _without_connected(unread, self._project.functions)

    def make_plan(self, make: Callable[..., Plan], observed: Observed) -> tuple[Plan, Observed]:
        """The plan that `make` makes of what was read, and the same with what the notes say of unread functions."""
        notes = self._notes.by_address
        parts = {function: tuple(map(Address.parse, notes[str(function)].parts)) for function in observed.unread}
        resources = dict(observed.resources)
        for spec in self._project.functions:
            if spec.address in parts:
                noted = _noted_resources(spec, observed.entries[spec.address], notes[str(spec.address)])
                resources |= {resource.address: resource for resource in noted}
        observed = replace(observed, resources=resources)
        existing = sum(spec.address in resources for spec in self._project.functions)
        unread_resources = sum(1 + len(own) for own in parts.values())
        summary = RefreshSummary(self._mode.value, existing, len(parts), unread_resources)
        return replace(make(observed, unread=parts), refresh=summary), observed

    def _is_unchanged(self, spec: FunctionSpec, entries: Mapping[Address, ListEntry], digests: ContentDigests) -> bool:
        note, entry = self._notes.by_address.get(str(spec.address)), entries.get(spec.address)
        return (
            note is not None
            and entry is not None
            and entry.state == ACTIVE
            and (entry.function_id, entry.modified) == (note.function_id, note.modified)
            and note.entry in ("", entry.digest)
            and entry.owner == spec.owner
            and _shows_settings(spec, entry)
            and _is_readable(note)
            and note.content == digests.of(spec)
        )


def _is_readable(note: FunctionNote) -> bool:
    try:
        return all(Address.parse(text) for text in (*note.parts, *note.urls))
    except ValueError:
        return False


def _shows_settings(spec: FunctionSpec, entry: ListEntry) -> bool:
    """Whether the tags in a list entry are as in the file: they change without another modification time."""
    names = {"tags", *WRITE_ONLY_TAGS} & spec.settings.keys()
    if not names:
        return True
    fields = [field for field in function_fields(spec) if field.name in names]
    desired = normal_settings(fields, spec.settings)
    return not differences(fields, desired, normal_settings(fields, entry.settings))


def _without_connected(unread: set[Address], functions: Iterable[FunctionSpec]) -> frozenset[Address]:
    """The functions to leave unread, without those that share values with a function that is read."""
    connected: dict[Address, set[Address]] = {}
    for spec in functions:
        for other in referenced_functions(spec):
            connected.setdefault(spec.address, set()).add(other)
            connected.setdefault(other, set()).add(spec.address)
    waiting = [function for function in connected if function not in unread]
    while waiting:
        for other in connected[waiting.pop()] & unread:
            unread.discard(other)
            waiting.append(other)
    return frozenset(unread)


def _unchanged_layers(
    project: Project, bundles: Mapping[Address, Bundle], observed: Observed, policy: Policy
) -> dict[Ref, Value]:
    """The values of the layers that this plan does not change."""
    values: dict[Ref, Value] = {}
    for spec in project.layers:
        resource = observed.resources.get(spec.address)
        change = plan_layer(spec, bundles.get(spec.address), resource, policy)
        if resource is not None and isinstance(change, Change) and change.action is Action.NO_OP:
            values |= {Ref(spec.address, name): value for name, value in resource.attributes.items()}
    return values


def _noted_resources(spec: FunctionSpec, entry: ListEntry, note: FunctionNote) -> Iterable[Resource]:
    versions = {"versions": (note.version,)} if note.version else {}
    attributes: dict[str, Value] = {"functionId": entry.function_id, "modified": entry.modified, **versions}
    yield Resource(spec.address, spec.settings, entry.owner, entry.state, attributes=attributes)
    for text, urls in note.urls.items():
        yield Resource(Address.parse(text), {}, attributes={"urls": urls})
