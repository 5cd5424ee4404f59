"""One invocation of a function as values: what to run, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from scfdeploy.emulator.credentials import TemporaryKey
from scfdeploy.emulator.messages import Json
from scfdeploy.facts import delivery_value, limit

SUCCESS = 200


@dataclass(frozen=True, slots=True)
class Invocation:
    """What to run."""

    region: str
    app_id: str
    uin: str
    function: Json
    """The document of the function in the store."""
    version: Json
    """The document of the version in the store."""
    code: bytes
    """The zip; empty if the server has unpacked it."""
    event: str
    """JSON text."""
    request_id: str
    trigger_source: str = ""
    layers: tuple[tuple[str, bytes], ...] = ()
    """Hash and zip of each layer, in the order of mounting. The zips are empty if the server has unpacked them."""
    burst_limit: int = delivery_value("scf", "burst.instances_per_min")
    """The number of instances that may start per minute in the region."""
    host_id: str = ""
    temporary_key: TemporaryKey | None = None
    """For functions with a role."""
    isolation: str = "auto"
    """auto, namespace or copy."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended."""

    status: int
    """The documented status code."""
    returned: str
    error: Json
    """Empty if `status` is 200."""
    output: str
    duration_ms: float
    memory_bytes: int

    def with_paths(self, shown: Callable[[str], str]) -> Outcome:
        """The outcome with paths as the user should see them, in the error and the output."""
        error = {name: shown(value) if isinstance(value, str) else value for name, value in self.error.items()}
        return replace(self, error=error, output=shown(self.output))

    def error_text(self, request_id: str) -> str:
        """The error in the form of ErrMsg: JSON text; empty after success."""
        if self.status == SUCCESS:
            return ""
        content = {"errorCode": -1, **self.error, "requestId": request_id, "statusCode": self.status}
        return json.dumps(content, ensure_ascii=False)

    def log(self, request_id: str, *, memory_mb: int) -> str:
        """The output of the function between the platform's lines."""
        output = self.output if not self.output or self.output.endswith("\n") else f"{self.output}\n"
        used = f"{self.memory_bytes / (1 << 20):.4f}".rstrip("0").rstrip(".")
        return (
            f"START RequestId: {request_id}\nEvent RequestId: {request_id}\n{output}\nEND RequestId: {request_id}\n"
            f"Report RequestId: {request_id} Duration:{round(self.duration_ms)}ms Memory:{memory_mb}MB "
            f"MemUsage:{used}MB"
        )

    def log_tail(self, request_id: str, *, memory_mb: int) -> str:
        """The last 4 KB of the log, the most that a response contains."""
        log = self.log(request_id, memory_mb=memory_mb).encode()
        return log[-limit("log.answer_max_bytes") :].decode("utf-8", "ignore")


def failed(status: int, message: str, *, output: str = "", duration_ms: float = 0, memory_bytes: int = 0) -> Outcome:
    """The outcome of a run that ended in `status` for a reason other than an exception of the code."""
    return Outcome(status, "", {"errorMessage": message}, output, duration_ms, memory_bytes)
