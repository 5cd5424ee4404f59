"""Namespaces that functions need and that do not exist yet.

Several projects share one, and it belongs to none of them: it is made where it is missing, and never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.model import Address, Observed, Project
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.fragment import PlanFragment

DEFAULT = "default"


def plan_namespaces(project: Project, observed: Observed) -> PlanFragment:
    """The creation of each namespace that was looked for and not seen; `default` is always there."""
    seen = {address.namespace for address in observed.resources}
    seen |= {resource.address.namespace for resource in observed.unlisted}
    missing = (name for name in named(project) if name not in seen)
    return PlanFragment(tuple(Change(Address.of_namespace(name), Action.CREATE, reasons.NEW) for name in missing))


def left_namespaces(project: Project, observed: Observed) -> PlanFragment:
    """What is said of namespaces when everything else is removed."""
    why = "is not deleted: other projects may use it"
    addresses = (Address.of_namespace(name) for name in named(project))
    return PlanFragment(unmanaged=tuple((address, why) for address in addresses if address in observed.resources))


def named(project: Project) -> Iterable[str]:
    """The namespaces that may be missing."""
    names = dict.fromkeys(function.address.namespace for function in project.functions)
    return [name for name in names if name != DEFAULT]
