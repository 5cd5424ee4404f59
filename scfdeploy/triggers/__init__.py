"""Trigger types: one module for each, and the table that lists them."""

from scfdeploy.triggers.base import DEFAULT_QUALIFIER, CloudTrigger, Making, TriggerType
from scfdeploy.triggers.table import TRIGGER_TYPES, trigger_type

__all__ = ["DEFAULT_QUALIFIER", "TRIGGER_TYPES", "CloudTrigger", "Making", "TriggerType", "trigger_type"]
