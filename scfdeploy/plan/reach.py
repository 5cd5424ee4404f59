"""Which resources a run is allowed to delete: those of instances whose files it has read, or named by --instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Owner, Project, ProjectKey, Resource
from scfdeploy.plan.edges import PlanFragment
from scfdeploy.plan.policy import Policy
from scfdeploy.records import dataclass, replace

DESTROY = "scfdeploy destroy"


@dataclass(frozen=True, slots=True)
class Reach:
    """The instances of one app and stage whose resources a run is allowed to delete.

    Instances with the same app and stage can be in other folders and other checkouts: an instance whose file was not
    read can still be in use.
    """

    key: ProjectKey
    instances: frozenset[str]
    """The instances whose resources can be deleted."""
    anywhere: frozenset[str] = frozenset()
    """Those of `instances` that --instance names, in all namespaces."""
    namespaces: frozenset[str] = frozenset()
    """The namespaces in the files."""
    read: frozenset[str] = frozenset()
    """The instances whose files were read."""
    command: str = DESTROY
    """The command that destroys this project, to which options can be added."""

    def covers(self, owner: Owner | None) -> bool:
        """Whether resources of this owner can be deleted."""
        return self._is_of_project(owner) and owner is not None and owner.instance in self.instances

    def covers_resource(self, resource: Resource) -> bool:
        """Whether a resource that no file lists can be deleted; for a layer, any version of it."""
        owner = resource.owner
        if resource.address.kind.has_owned_versions:
            return any(self.covers(publisher) for _, publisher in _versions(resource))
        namespace = resource.address.namespace
        is_listed = not namespace or namespace in self.namespaces
        return self.covers(owner) and owner is not None and (is_listed or owner.instance in self.anywhere)

    def why_unreachable(self, address: Address, owner: Owner | None) -> str:
        """Why a resource of this app and stage is not deleted, and the command that deletes it."""
        import shlex

        instance = owner.instance if owner else ""
        if instance not in self.read:
            reason = message('belongs to instance "{instance}", whose file was not read', instance=instance)
        elif instance in self.instances:
            reason = message(
                'belongs to instance "{instance}" and is in a namespace that no file names', instance=instance
            )
        else:
            reason = message('belongs to instance "{instance}", which --instance does not name', instance=instance)
        command = f"{self.command} --instance {shlex.quote(instance)} --target {address.of}"
        return message("{reason}; to delete it: {command}", reason=reason, command=command)

    def within(self, layer: Resource) -> tuple[Resource, PlanFragment]:
        """A layer with only the versions that can be deleted, and the others of this project as unmanaged."""
        versions = _versions(layer)
        reachable = tuple(number for number, publisher in versions if self.covers(publisher))
        if len(reachable) == len(versions):
            return layer, PlanFragment()
        notes = tuple(
            (Address.of_layer(layer.address.name, number), self.why_unreachable(layer.address, publisher))
            for number, publisher in versions
            if not self.covers(publisher)
        )
        return replace(layer, attributes={**layer.attributes, "versions": reachable}), PlanFragment(unmanaged=notes)

    def _is_of_project(self, owner: Owner | None) -> bool:
        return owner is not None and (owner.app, owner.stage) == (self.key.app, self.key.stage)


def reach_of_plan(project: Project, policy: Policy, *, command: str = DESTROY) -> Reach:
    """The reach of `plan --prune`: instances that were read, and those that --instance names."""
    named = frozenset(policy.instances)
    return _reach(project, project.instance_names | named, named, command)


def reach_of_destroy(project: Project, policy: Policy, *, command: str = DESTROY) -> Reach:
    """The reach of `destroy`: the instances that --instance names, or else those that were read."""
    named = frozenset(policy.instances)
    return _reach(project, named or project.instance_names, named, command)


def _reach(project: Project, instances: Iterable[str], named: frozenset[str], command: str) -> Reach:
    namespaces = frozenset(spec.address.namespace for spec in project.functions)
    return Reach(project.key, frozenset(instances), named, namespaces, project.instance_names, command)


def _versions(layer: Resource) -> list[tuple[int, Owner | None]]:
    """The versions that the project published, each with its owner; by default that of the newest version."""
    versions, instances = layer.attributes.get("versions"), layer.attributes.get("instances")
    owner = layer.owner
    numbers = [number for number in versions if isinstance(number, int)] if isinstance(versions, list | tuple) else []
    by_number = instances if isinstance(instances, Mapping) else {}
    return [
        (number, replace(owner, instance=str(by_number.get(str(number), owner.instance))) if owner else None)
        for number in numbers
    ]
