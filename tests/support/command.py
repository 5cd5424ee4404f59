"""Runs the command line in this process, as users type it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from scfdeploy.cli.app import app
from scfdeploy.cli.plain_run import run_if_plain
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
    with CliRunner().isolation(input=stdin, env={**clean, **(env or {})}) as (stdout, stderr, _):
        exit_code = _run(typed, clock)
        sys.stdout.flush()
        sys.stderr.flush()
        return Ran(exit_code, _text(stdout), _text(stderr))


def _run(arguments: list[str], clock: Clock | None) -> int:
    """Run a command as the console script does; returns its exit code."""
    try:
        error = run_if_plain(arguments, clock)
        app(arguments, prog_name="scfdeploy", obj=error or clock)
    except SystemExit as ending:
        return int(ending.code or 0)
    raise AssertionError("a command ends with an exit code")


def _text(stream: BytesIO) -> str:
    return stream.getvalue().decode("utf-8", "replace").replace("\r\n", "\n")


def _clock(arguments: list[str], env: Mapping[str, str]) -> Clock | None:
    """That of the local server. Where no address is known the command has the machine's, and may not wait by it."""
    where = dict(pairwise(arguments)).get("--endpoint") or env.get("SCFDEPLOY_ENDPOINT")
    return ServerClock(where) if where else None
