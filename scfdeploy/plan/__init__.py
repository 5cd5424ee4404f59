"""Pure: what has to change so that the cloud is as the files say. Touches neither network nor disk."""

from scfdeploy.plan.change import Action, Change, FieldChange, Plan, Refusal

__all__ = ["Action", "Change", "FieldChange", "Plan", "Refusal"]
