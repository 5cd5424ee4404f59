"""Plan the changes that make the cloud match the configuration. Pure: no network, no disk."""

from scfdeploy.plan.change import Action, Change, FieldChange, Plan, RefreshSummary, Refusal
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.plan.document import as_document, field_document, partial_keys, refresh_keys
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
    "as_document",
    "field_document",
    "make_destroy_plan",
    "make_plan",
    "named_namespaces",
    "partial_keys",
    "references",
    "refresh_keys",
    "with_references",
]
