"""The trigger types. Of clb, mps and apigw, this API only lists triggers."""

from __future__ import annotations

from scfdeploy.emulator.messages import CloudError
from scfdeploy.emulator.scf.triggers.base import TriggerType, reject
from scfdeploy.emulator.scf.triggers.ckafka import CKAFKA
from scfdeploy.emulator.scf.triggers.cls import CLS
from scfdeploy.emulator.scf.triggers.cmq import CMQ
from scfdeploy.emulator.scf.triggers.cos import COS
from scfdeploy.emulator.scf.triggers.http import HTTP
from scfdeploy.emulator.scf.triggers.timer import TIMER

_CLB = TriggerType("clb", reject("load balancer"))
_MPS = TriggerType("mps", reject("media"))
_APIGW = TriggerType("apigw", reject("API Gateway"))
_TYPES = {known.name: known for known in (TIMER, HTTP, COS, CKAFKA, CMQ, CLS, _CLB, _MPS, _APIGW)}


def trigger_type(name: str) -> TriggerType:
    """The trigger type by name. Raises CloudError for an unknown one."""
    if name not in _TYPES:
        raise CloudError("InvalidParameterValue.Type", f"The trigger type `{name}` is not supported.")
    return _TYPES[name]
