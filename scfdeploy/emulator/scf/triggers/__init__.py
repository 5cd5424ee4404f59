"""The trigger types: one module for each, and a table of them."""

from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType
from scfdeploy.emulator.scf.triggers.table import trigger_type

__all__ = ["TriggerRequest", "TriggerType", "trigger_type"]
