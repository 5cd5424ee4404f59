"""Mistakes and surprises that others collected, each with a script that says whether the right thing happens."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.corpus import SHARED
from tests.support.preloaded_command import program_text

CASES = sorted(SHARED.glob("cases/*/run.sh"))

pytestmark = [
    pytest.mark.skipif(not CASES, reason="no cases here (SCFDEPLOY_SHARED)"),
]


@pytest.mark.parametrize("script", CASES, ids=lambda script: script.parent.name)
def test_script_of_a_case_says_ok(script: Path, tmp_path: Path) -> None:
    # Scripts copy their folder, start servers that end with them, and call Python by the first line of the program.
    program = tmp_path / "scfdeploy"
    program.write_text(program_text())
    program.chmod(0o755)
    environment = {**os.environ, "TMPDIR": str(tmp_path), "SCFDEPLOY_LANG": "en"}
    done = subprocess.run(
        ["bash", script, program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert done.stdout.splitlines()[-1].startswith("OK: "), said
