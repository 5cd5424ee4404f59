"""CLS: log lines of one topic. The log product creates such triggers; this API lists and deletes them."""

from __future__ import annotations

import json

from scfdeploy.emulator.messages import CloudError
from scfdeploy.emulator.scf.triggers.base import TriggerType, reject


def _identity(description: str) -> str:
    try:
        return f"topic/{json.loads(description)['topic_id']}"
    except (ValueError, KeyError, TypeError) as error:
        raise CloudError("InvalidParameterValue.TriggerDesc", "TriggerDesc must name the topic.") from error


CLS = TriggerType("cls", reject("log"), identity=_identity)
