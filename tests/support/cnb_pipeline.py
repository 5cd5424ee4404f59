"""Runs a .cnb.yml here: each pipeline of an event has one checkout, in which the scripts of its stages really run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

STAGE_TIMEOUT_S = 180


@dataclass
class Pipeline:
    """What one pipeline did: its stages with success or failed; those after a failed one are not in it."""

    stages: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    lock: Mapping[str, Any] | None = None

    @property
    def result(self) -> str:
        """Success if all stages were."""
        return "failed" if "failed" in self.stages.values() else "success"


@dataclass(frozen=True)
class Builder:
    """A machine that runs pipelines. `files` are the secrets by the name of the file that has them."""

    folder: Path
    host: Mapping[str, str]
    checkout: Callable[[Path], None]
    files: Mapping[str, Mapping[str, str]]

    def run(self, file: Path, branch: str, event: str) -> dict[str, Pipeline]:
        """The pipelines of an event on a branch; `$` for tags."""
        document = YAML(typ="safe").load(file.read_text("utf-8"))
        listed = document.get(branch, {}).get(event, [])
        return {one["name"]: self._pipeline(one) for one in listed}

    def _pipeline(self, pipeline: Mapping[str, Any]) -> Pipeline:
        done = Pipeline(lock=pipeline.get("lock"))
        place = self.folder / pipeline["name"]
        place.mkdir(parents=True)
        self.checkout(place)
        for number, stage in enumerate(pipeline["stages"]):
            temporary = self.folder / "temporary" / pipeline["name"] / str(number)
            temporary.mkdir(parents=True)
            keys = self.files[stage["imports"].rpartition("/")[2]] if "imports" in stage else {}
            own = {"CI": "true", "TMPDIR": str(temporary), "CNB_TOKEN": "cnb-token", "CNB_TOKEN_USER_NAME": "cnb"}
            ran = subprocess.run(
                ["sh", "-ec", stage["script"]],
                cwd=place,
                env={**self.host, **own, **keys},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=STAGE_TIMEOUT_S,
                check=False,
            )
            done.printed += ran.stdout.decode("utf-8", "replace")
            done.stages[stage["name"]] = "failed" if ran.returncode else "success"
            if ran.returncode:
                break
        return done
