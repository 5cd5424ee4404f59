"""Plan the changes that make the cloud match the configuration. Pure: no network, no disk.

What every plan needs can be imported from here; plans of destroy and documents of plans from their modules.
"""

from scfdeploy.plan.change import Action, Change, FieldChange, Plan, RefreshSummary, Refusal
from scfdeploy.plan.planner import make_plan
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.resolve import references, with_references
from scfdeploy.plan.resources.namespace import named as named_namespaces

__all__ = [
    "Action",
    "Change",
    "FieldChange",
    "Plan",
    "Policy",
    "RefreshSummary",
    "Refusal",
    "make_plan",
    "named_namespaces",
    "references",
    "with_references",
]
