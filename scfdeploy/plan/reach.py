"""Which resources a run may delete: those of the instances whose files it has read, or that are named by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scfdeploy.model import Address, Owner, Project, ProjectKey, Resource
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.plan.fragment import PlanFragment
from scfdeploy.plan.policy import Policy

DESTROY = "scfdeploy destroy"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which instances of one app and stage a run may delete resources of.

    Instances that share app and stage may live in other folders and other checkouts: that their files were not read
    does not mean that they are gone.
    """

    key: ProjectKey
    instances: frozenset[str]
    """Those whose resources may be deleted."""
    anywhere: frozenset[str] = frozenset()
    """Those of them that are named by hand: their functions in namespaces that no file names count too."""
    namespaces: frozenset[str] = frozenset()
    """The namespaces that the files name."""
    read: frozenset[str] = frozenset()
    """The instances whose files were read."""
    command: str = DESTROY
    """The command that destroys this project, to which options can be added."""

    def covers(self, owner: Owner | None) -> bool:
        """Whether what carries this ownership tag may be deleted."""
        return self._is_of_project(owner) and owner is not None and owner.instance in self.instances

    def covers_resource(self, resource: Resource) -> bool:
        """Whether a resource that no file names may be deleted; of a layer, any version of it."""
        owner = resource.owner
        if resource.address.kind is LAYER:
            return any(self.covers(mark) for _, mark in _versions(resource))
        is_near = resource.address.namespace in self.namespaces
        return self.covers(owner) and owner is not None and (is_near or owner.instance in self.anywhere)

    def why_unreachable(self, resource: Resource) -> str:
        """Why a resource that is out of reach is left alone, and the command that deletes it."""
        return self.why(resource.address, resource.owner)

    def why(self, address: Address, owner: Owner | None) -> str:
        """The same of an address and its owner; only for what belongs to this app and stage."""
        import shlex

        instance = owner.instance if owner else ""
        if instance not in self.read:
            reason = f'belongs to instance "{instance}", whose file was not read'
        elif instance in self.instances:
            reason = f'belongs to instance "{instance}" and lies in a namespace that no file names'
        else:
            reason = f'belongs to instance "{instance}", which --instance does not name'
        return f"{reason}; to delete it: {self.command} --instance {shlex.quote(instance)} --target {address.of}"

    def within(self, layer: Resource) -> tuple[Resource, PlanFragment]:
        """A layer with those versions only that may be deleted, and what is said of the others of this project."""
        versions = _versions(layer)
        others = [(number, mark) for number, mark in versions if not self.covers(mark)]
        if not others:
            return layer, PlanFragment()
        kept = tuple(number for number, mark in versions if self.covers(mark))
        notes = tuple(
            (Address.of_layer(layer.address.name, number), self.why(layer.address, mark)) for number, mark in others
        )
        return replace(layer, attributes={**layer.attributes, "versions": kept}), PlanFragment(unmanaged=notes)

    def _is_of_project(self, owner: Owner | None) -> bool:
        return owner is not None and (owner.app, owner.stage) == (self.key.app, self.key.stage)


def reach_of_plan(project: Project, policy: Policy, *, command: str = DESTROY) -> Reach:
    """What a plan with --prune may delete: of the instances that were read, and of those that are named."""
    named = frozenset(policy.instances)
    return _reach(project, _read(project) | named, named, command)


def reach_of_destroy(project: Project, policy: Policy, *, command: str = DESTROY) -> Reach:
    """What destroy may delete: of the instances that were read; where some are named, of those only."""
    named = frozenset(policy.instances)
    return _reach(project, named or _read(project), named, command)


def _reach(project: Project, instances: Iterable[str], named: frozenset[str], command: str) -> Reach:
    namespaces = frozenset(spec.address.namespace for spec in project.functions)
    return Reach(project.key, frozenset(instances), named, namespaces, _read(project), command)


def _read(project: Project) -> frozenset[str]:
    return frozenset(instance.name for instance in project.instances)


def _versions(layer: Resource) -> list[tuple[int, Owner | None]]:
    """The versions that the project published, each with whose it is; where nothing says so, the newest's owner."""
    versions, marks = layer.attributes.get("versions"), layer.attributes.get("instances")
    owner = layer.owner
    numbers = [number for number in versions if isinstance(number, int)] if isinstance(versions, list | tuple) else []
    by_number = marks if isinstance(marks, Mapping) else {}
    return [
        (number, replace(owner, instance=str(by_number.get(str(number), owner.instance))) if owner else None)
        for number in numbers
    ]
