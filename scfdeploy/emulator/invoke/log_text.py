"""The log of one invocation as the platform writes it."""

from __future__ import annotations

from scfdeploy.emulator.invoke.work import Outcome
from scfdeploy.facts import limit


def log_text(outcome: Outcome, request_id: str, *, memory_mb: int) -> str:
    """The lines around what the function itself wrote."""
    output = outcome.output if not outcome.output or outcome.output.endswith("\n") else f"{outcome.output}\n"
    used = f"{outcome.memory_bytes / (1 << 20):.4f}".rstrip("0").rstrip(".")
    return (
        f"START RequestId: {request_id}\nEvent RequestId: {request_id}\n{output}\nEND RequestId: {request_id}\n"
        f"Report RequestId: {request_id} Duration:{round(outcome.duration_ms)}ms Memory:{memory_mb}MB "
        f"MemUsage:{used}MB"
    )


def tail(text: str) -> str:
    """The last 4 KB, as much as an answer carries."""
    most = limit("log.answer_max_bytes")
    return text.encode()[-most:].decode("utf-8", "ignore")
