"""Timer: a schedule in seven fields and a text that the event carries."""

from __future__ import annotations

import json
import re

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, compact
from scfdeploy.emulator.scf.triggers.cron import is_schedule
from scfdeploy.facts import limit

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _describe(request: TriggerRequest) -> str:
    if not _NAME.fullmatch(request.name) or len(request.name) > limit("timer.name.api_max_chars"):
        raise CloudError("InvalidParameterValue.TriggerName", f"`{request.name}` cannot name a timer.")
    if len(request.argument.encode()) > limit("timer.argument.max_bytes"):
        raise CloudError("InvalidParameterValue.CustomArgument", "CustomArgument is longer than 4 KB.")
    schedule = request.description or _before(request)
    if not is_schedule(schedule):
        raise CloudError("InvalidParameterValue.TriggerDesc", f"`{schedule}` is not a schedule.")
    # It is sent as a bare schedule and shown inside JSON.
    return compact({"cron": schedule})


def _before(request: TriggerRequest) -> str:
    return str(json.loads(request.previous["TriggerDesc"])["cron"]) if request.previous else ""


TIMER = TriggerType("timer", _describe, updatable=True, switchable=True)
