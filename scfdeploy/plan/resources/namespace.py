"""Plan missing namespaces of functions.

A namespace is shared by several projects and owned by none of them: it is created when missing, and never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Observed, Project
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.edges import PlanFragment

DEFAULT = "default"


def plan_namespaces(project: Project, observed: Observed) -> PlanFragment:
    """The creation of each missing namespace; `default` always exists."""
    existing = {address.namespace for address in observed.resources}
    existing |= {resource.address.namespace for resource in observed.unlisted}
    missing = (name for name in named(project) if name not in existing)
    return PlanFragment(tuple(Change(Address.of_namespace(name), Action.CREATE, reasons.new()) for name in missing))


def remaining_namespaces(project: Project, observed: Observed) -> PlanFragment:
    """The namespaces that remain when everything else is deleted."""
    note = message("is not deleted: other projects can use it")
    addresses = (Address.of_namespace(name) for name in named(project))
    return PlanFragment(unmanaged=tuple((address, note) for address in addresses if address in observed.resources))


def named(project: Project) -> Iterable[str]:
    """The namespaces in the files other than `default`."""
    names = dict.fromkeys(function.address.namespace for function in project.functions)
    return [name for name in names if name != DEFAULT]
