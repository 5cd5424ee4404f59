"""Runs a Jenkinsfile here, on the Groovy that npm-groovy-lint brings: its scripts really, the rest as a record."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.linters import run_groovy


@dataclass(frozen=True)
class Build:
    """What one build left: its result (`done`, or why not), its log, and the record of what was asked for."""

    result: str
    log: str
    record: Mapping[str, Any]

    @property
    def stages(self) -> dict[str, str]:
        """Each stage with what became of it: done, skipped or failed."""
        return {stage["name"]: stage["result"] for stage in self.record["stages"]}


def build(
    jenkinsfile: Path,
    workspace: Path,
    *,
    source: Path,
    env: Mapping[str, str],
    credentials: Mapping[str, Any],
    approve: bool = True,
) -> Build:
    """Build `source`, which checking out copies into the workspace."""
    workspace.mkdir(parents=True, exist_ok=True)
    scratch = workspace.with_name(f"{workspace.name}.job")
    scratch.mkdir(exist_ok=True)
    settings = {
        "workspace": str(workspace),
        "env": {"PATH": os.environ["PATH"], "HOME": str(scratch), **env},
        "scm": f"cp -R '{source}/.' . && git init -q . && git add -A",
        "credentials": credentials,
        "approve": approve,
    }
    (scratch / "settings.json").write_text(json.dumps(settings), "utf-8")
    record = scratch / "record.json"
    done = run_groovy("jenkins.groovy", jenkinsfile, scratch / "settings.json", record)
    assert record.exists(), done.stdout + done.stderr
    found = json.loads(record.read_text("utf-8"))
    record.unlink()
    return Build(found["result"], done.stdout + done.stderr, found)
