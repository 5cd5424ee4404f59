"""One invocation before and after it ran."""

from __future__ import annotations

import json
from dataclasses import dataclass

from scfdeploy.emulator.messages import Json

SUCCESS = 200


@dataclass(frozen=True, slots=True)
class Work:
    """What to run. `function` and `version` are documents of the store, `code` is the zip, `event` JSON text.

    `layers` are hash and zip of each layer, in the order of mounting.
    """

    region: str
    app_id: str
    uin: str
    function: Json
    version: Json
    code: bytes
    event: str
    request_id: str
    trigger_source: str = ""
    layers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `status` is the documented status code; `error` is empty when it is 200."""

    status: int
    returned: str
    error: Json
    output: str
    duration_ms: float
    memory_bytes: int

    def error_text(self, request_id: str) -> str:
        """The error as ErrMsg carries it: JSON text; empty when all went well."""
        if self.status == SUCCESS:
            return ""
        content = {"errorCode": -1, **self.error, "requestId": request_id, "statusCode": self.status}
        return json.dumps(content, ensure_ascii=False)


def failed(status: int, message: str, *, output: str = "", duration_ms: float = 0, memory_bytes: int = 0) -> Outcome:
    """The outcome of a run that ended in `status` for a reason other than the code's own exception."""
    return Outcome(status, "", {"errorMessage": message}, output, duration_ms, memory_bytes)
