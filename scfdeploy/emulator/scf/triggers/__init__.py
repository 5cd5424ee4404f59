"""What triggers of each type may say: one module per type and the table that lists them."""

from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType
from scfdeploy.emulator.scf.triggers.table import trigger_type

__all__ = ["TriggerRequest", "TriggerType", "trigger_type"]
