"""Runs the command line in this process, as users type it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from scfdeploy.cli.app import app
from scfdeploy.providers.clock import Clock
from tests.support.server_clock import ServerClock


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """stdout as the one JSON document it must be."""
        found: dict[str, Any] = json.loads(self.stdout)
        return found


def scfdeploy(
    *arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str | bytes = "", clock: Clock | None = None
) -> Ran:
    """Run one command; only `env` is in its environment of what scfdeploy reads.

    It waits by the clock of the local server that it is pointed at, unless another is given.
    """
    clean = {
        "SCFDEPLOY_ENDPOINT": None,
        "SCFDEPLOY_LANG": None,
        "TENCENTCLOUD_SECRET_ID": None,
        "TENCENTCLOUD_SECRET_KEY": None,
        "TENCENTCLOUD_TOKEN": None,
        "TENCENT_SECRET_ID": None,
        "TENCENT_SECRET_KEY": None,
        "TENCENT_TOKEN": None,
        "STAGE": None,
    }
    typed = [str(one) for one in arguments]
    clock = clock or _clock(typed, env or {})
    result = CliRunner().invoke(app, typed, input=stdin, env={**clean, **(env or {})}, obj=clock)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def _clock(arguments: list[str], env: Mapping[str, str]) -> Clock | None:
    """That of the local server. Where no address is known the command has the machine's, and may not wait by it."""
    where = dict(pairwise(arguments)).get("--endpoint") or env.get("SCFDEPLOY_ENDPOINT")
    return ServerClock(where) if where else None
