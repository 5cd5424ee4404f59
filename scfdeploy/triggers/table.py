"""All trigger types. To add one, add its module and a line here."""

from __future__ import annotations

from scfdeploy.triggers.base import TriggerType
from scfdeploy.triggers.ckafka import CkafkaTrigger
from scfdeploy.triggers.clb import ClbTrigger
from scfdeploy.triggers.cls import ClsTrigger
from scfdeploy.triggers.cmq import CmqTrigger
from scfdeploy.triggers.cos import CosTrigger
from scfdeploy.triggers.http import HttpTrigger
from scfdeploy.triggers.mps import MpsTrigger
from scfdeploy.triggers.timer import TimerTrigger

TRIGGER_TYPES: tuple[TriggerType, ...] = (
    CkafkaTrigger(),
    ClbTrigger(),
    ClsTrigger(),
    CmqTrigger(),
    CosTrigger(),
    HttpTrigger(),
    MpsTrigger(),
    TimerTrigger(),
)


def trigger_type(name: str) -> TriggerType | None:
    """The trigger type with this name, or None."""
    return next((found for found in TRIGGER_TYPES if found.type == name), None)
