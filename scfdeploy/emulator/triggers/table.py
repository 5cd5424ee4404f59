"""The types of trigger that exist, and those that are made elsewhere or no longer at all."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.triggers.base import TriggerType
from scfdeploy.emulator.triggers.ckafka import CKAFKA
from scfdeploy.emulator.triggers.cmq import CMQ
from scfdeploy.emulator.triggers.cos import COS
from scfdeploy.emulator.triggers.http import HTTP
from scfdeploy.emulator.triggers.timer import TIMER

_TYPES = {known.name: known for known in (TIMER, HTTP, COS, CKAFKA, CMQ)}
_REFUSED = {
    "apigw": "No new API Gateway triggers can be made; use a function URL.",
    "cls": "A log trigger is made in the log product.",
    "mps": "A media trigger is made in the media product.",
    "clb": "A load balancer trigger is made in the load balancer product.",
}


def is_made_elsewhere(name: str) -> bool:
    """Whether triggers of that type exist on the platform but never on this server."""
    return name in _REFUSED


def trigger_type(name: str) -> TriggerType:
    """The type of that name. Raises CloudError for one that this API does not make, or that nobody knows."""
    if name in _REFUSED:
        raise CloudError("UnsupportedOperation.Trigger", _REFUSED[name])
    if name not in _TYPES:
        raise CloudError("InvalidParameterValue.Type", f"The trigger type `{name}` is not supported.")
    return _TYPES[name]
