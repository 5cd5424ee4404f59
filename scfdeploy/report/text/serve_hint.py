"""How to let local URLs respond after a command with `--local`, whose server ends with it."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe


def serve_hint(command: str) -> Iterator[str]:
    """One line with the commands that serve the URLs; none without a command."""
    if command:
        yield message(
            "The local URLs respond while {dev} or {command} runs.", dev="`scfdeploy dev`", command=f"`{safe(command)}`"
        )
