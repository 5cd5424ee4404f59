"""The types of trigger that exist, and the one that is no longer made at all."""

from __future__ import annotations

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.scf.triggers.base import TriggerType, made_elsewhere
from scfdeploy.emulator.scf.triggers.ckafka import CKAFKA
from scfdeploy.emulator.scf.triggers.clb import CLB
from scfdeploy.emulator.scf.triggers.cls import CLS
from scfdeploy.emulator.scf.triggers.cmq import CMQ
from scfdeploy.emulator.scf.triggers.cos import COS
from scfdeploy.emulator.scf.triggers.http import HTTP
from scfdeploy.emulator.scf.triggers.mps import MPS
from scfdeploy.emulator.scf.triggers.timer import TIMER

_APIGW = TriggerType("apigw", made_elsewhere("API Gateway"), is_made_elsewhere=True)
_TYPES = {known.name: known for known in (TIMER, HTTP, COS, CKAFKA, CMQ, CLS, CLB, MPS, _APIGW)}


def trigger_type(name: str) -> TriggerType:
    """The type of that name. Raises CloudError for one that nobody knows."""
    if name not in _TYPES:
        raise CloudError("InvalidParameterValue.Type", f"The trigger type `{name}` is not supported.")
    return _TYPES[name]
