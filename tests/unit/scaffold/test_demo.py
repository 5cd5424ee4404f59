"""examples/demo.sh, with a program in the place of scfdeploy that notes how it was called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[3] / "examples" / "demo.sh"
STANDS_IN = """#!/bin/sh
echo "$*" >> "$CALLS"
[ "$1" = "$FAILS" ] && exit 4
exit 0
"""


@pytest.fixture
def world(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / "bin" / "scfdeploy"
    program.parent.mkdir()
    program.write_text(STANDS_IN, "utf-8")
    program.chmod(0o755)
    (tmp_path / "tmp").mkdir()
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path / "tmp"),
        "CALLS": str(tmp_path / "calls"),
        "FAILS": "",
    }


def demo(world: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(DEMO), *arguments], env=world, cwd="/", capture_output=True, text=True, check=False
    )


def calls(world: dict[str, str]) -> list[str]:
    return Path(world["CALLS"]).read_text("utf-8").splitlines()


def test_demo_runs_full_lifecycle_and_prints_commands(world: dict[str, str]) -> None:
    done = demo(world)

    assert done.returncode == 0
    assert calls(world) == [
        "validate",
        "plan --local",
        "apply --local --yes",
        "invoke --local --event event.json",
        "status --local",
        "plan --detailed-exitcode --local",
        "destroy --local --yes",
    ]
    for call in calls(world):
        assert f"\n$ scfdeploy {call}\n" in done.stdout
    assert list(Path(world["TMPDIR"]).iterdir()) == []


def test_demo_stops_at_first_unexpected_exit_code_and_cleans_up(world: dict[str, str]) -> None:
    done = demo(world | {"FAILS": "apply"})

    assert done.returncode == 1
    assert "exit code 4, expected 0" in done.stderr
    assert calls(world)[-1] == "apply --local --yes"
    assert list(Path(world["TMPDIR"]).iterdir()) == []


@pytest.mark.parametrize("name", ["python-event", "nodejs-event", "python-web"])
def test_demo_accepts_any_example(world: dict[str, str], name: str) -> None:
    assert demo(world, name).returncode == 0


def test_demo_of_unknown_example_is_usage_error(world: dict[str, str]) -> None:
    done = demo(world, "nowhere")
    assert done.returncode == 2
    assert "unknown example nowhere" in done.stderr
