"""The parts of a project in several regions, each with what the options name in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from scfdeploy.config import load_project
from scfdeploy.model import Address, Project
from scfdeploy.model.domains import domains_of
from scfdeploy.operations.check import requests_by_region
from scfdeploy.operations.request import Request
from scfdeploy.plan import Policy
from scfdeploy.plan.policy import Target
from scfdeploy.plan.targets import matches_target
from scfdeploy.records import NamedTuple, replace

T = TypeVar("T")


class Part(NamedTuple):
    """The instances of one region, and the policy with the targets and instances among them."""

    request: Request
    policy: Policy


def parts_by_region(request: Request, policy: Policy) -> tuple[Part, ...]:
    """The parts of a project in several regions that --target and --instance name; none for one region.

    What no file names is looked for in each part: it can be deployed and not listed any more.
    """
    requests = requests_by_region(request)
    if len(requests) < 2:
        return ()
    everything = tuple(Part(part, policy) for part in requests)
    if not (policy.targets or policy.instances):
        return everything
    projects = [load_project(part.path, part.load).project for part in requests]
    targets = _spread(policy.targets, projects, _has_resource)
    instances = _spread(policy.instances, projects, _has_instance)
    parts = (
        Part(part, replace(policy, targets=own_targets, instances=own_instances))
        for part, own_targets, own_instances in zip(requests, targets, instances, strict=True)
        if bool(own_targets) == bool(policy.targets) and bool(own_instances) == bool(policy.instances)
    )
    return tuple(parts) or everything


def _spread(
    names: Sequence[T], projects: Sequence[Project | None], has: Callable[[Project, T], bool]
) -> list[tuple[T, ...]]:
    """The names for each project: those that it has, and those that none has."""
    found = [{name for name in names if project is not None and has(project, name)} for project in projects]
    unknown = set(names).difference(*found)
    return [tuple(name for name in names if name in own | unknown) for own in found]


def _has_resource(project: Project, target: Target) -> bool:
    addresses = {spec.address for spec in project.functions} | {spec.address for spec in project.layers}
    addresses |= {domain.address for domain in domains_of(project)}
    if isinstance(target, Address):
        return target in addresses or target.of in addresses
    return any(target == str(address) or matches_target(target, address) for address in addresses)


def _has_instance(project: Project, name: str) -> bool:
    return any(instance.name == name for instance in project.instances)
