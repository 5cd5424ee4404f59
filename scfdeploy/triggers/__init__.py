"""The types of trigger, one file each, and the table that lists them."""

from scfdeploy.triggers.base import CloudTrigger, TriggerType
from scfdeploy.triggers.table import TRIGGER_TYPES, trigger_type

__all__ = ["TRIGGER_TYPES", "CloudTrigger", "TriggerType", "trigger_type"]
