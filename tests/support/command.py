"""Runs the command line in this process, as users type it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from scfdeploy.cli.app import app


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


def scfdeploy(*arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ran:
    """Run one command; only `env` is in its environment of what scfdeploy reads."""
    clean = {
        "SCFDEPLOY_ENDPOINT": None,
        "TENCENTCLOUD_SECRET_ID": None,
        "TENCENTCLOUD_SECRET_KEY": None,
        "TENCENTCLOUD_TOKEN": None,
        "TENCENT_SECRET_ID": None,
        "TENCENT_SECRET_KEY": None,
        "TENCENT_TOKEN": None,
        "STAGE": None,
    }
    result = CliRunner().invoke(app, [str(one) for one in arguments], input=stdin, env={**clean, **(env or {})})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)
