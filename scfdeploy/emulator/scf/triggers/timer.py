"""Timer: a cron expression, a text that each event contains, and the event."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from scfdeploy.emulator.messages import CloudError, Json, compact_json
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType
from scfdeploy.emulator.scf.triggers.cron import is_cron
from scfdeploy.facts import limit

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _describe(request: TriggerRequest) -> str:
    if not _NAME.fullmatch(request.name) or len(request.name) > limit("timer.name.api_max_chars"):
        raise CloudError("InvalidParameterValue.TriggerName", f"`{request.name}` is not a valid name of a timer.")
    if len(request.argument.encode()) > limit("timer.argument.max_bytes"):
        raise CloudError("InvalidParameterValue.CustomArgument", "CustomArgument is longer than 4 KB.")
    previous = json.loads(request.previous["TriggerDesc"])["cron"] if request.previous else ""
    cron = request.description or previous
    if not is_cron(cron):
        raise CloudError("InvalidParameterValue.TriggerDesc", f"`{cron}` is not a cron expression.")
    # Requests contain the bare expression, responses have it in JSON.
    return compact_json({"cron": cron})


TIMER = TriggerType("timer", _describe, updatable=True, switchable=True)


def timer_event(trigger: Json, moment: datetime) -> Json:
    """The event that a timer sends when it fires."""
    return {
        "Type": "Timer",
        "TriggerName": trigger["TriggerName"],
        "Time": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Message": trigger["CustomArgument"],
    }
