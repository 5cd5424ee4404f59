"""Answers of a cloud that is not itself: damaged anywhere, the tool ends with a result or an error, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.changing_project import write_after, write_before
from tests.support.command import Ran, scfdeploy
from tests.support.measured import measure
from tests.support.mutated_answers import MutatingServer
from tests.support.sampling import sample_size

# About as many calls as one command makes here.
_CALLS = 18
_EACH = sample_size(25, part=2)


@dataclass(frozen=True)
class Deployed:
    project: Path
    server: MutatingServer

    @property
    def env(self) -> dict[str, str]:
        return {"SCFDEPLOY_ENDPOINT": self.server.url}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    project = tmp_path_factory.mktemp("odd")
    write_before(project)
    with MutatingServer() as server:
        found = Deployed(project, server)
        assert scfdeploy("apply", project, "--yes", env=found.env).exit_code == 0
        write_after(project)
        yield found


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("command", ["plan", "status"])
def test_damaged_response_never_crashes(command: str, output: str, deployed: Deployed) -> None:
    for seed in range(_EACH):
        measure("damaged answers", tried=1)
        deployed.server.aim(seed, at=1 + seed % _CALLS)
        ran = _run(command, output, deployed)
        told = ran.stdout + ran.stderr
        assert ran.exit_code in (0, 1), deployed.server.damage
        assert "internal error:" not in told, deployed.server.damage
        assert "\x1b" not in told, deployed.server.damage


def test_response_damage_repeats_with_same_seed(deployed: Deployed) -> None:
    # A command that failed may leave a call under way in this process; it ends during this one.
    assert _run("plan", "json", deployed).exit_code == 0
    met = set()
    for _ in range(3):
        deployed.server.aim(7, at=8)
        met.add((_run("plan", "json", deployed).exit_code, deployed.server.damage))
    assert len(met) == 1
    assert deployed.server.damage


def _run(command: str, output: str, deployed: Deployed) -> Ran:
    # One call after another: then the eighth is the same in each run.
    return scfdeploy(command, deployed.project, "--format", output, "--parallelism", "1", env=deployed.env)
