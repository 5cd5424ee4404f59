"""A local server killed at any moment: every accepted event ends exactly once after the next start.

Each server is a process that kills itself at one transaction; a usual run takes some of them, a soak all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command_process import run_function
from tests.support.emulator import Cloud
from tests.support.measured import measure
from tests.support.sampling import sample


def run(data: Path, point: int, when: str) -> tuple[int, list[str]]:
    done = run_function("tests.support.killed_server:deliver_failing_events", str(data), point, when)
    assert done.exit_code in (0, -9), done.stderr
    return done.exit_code, done.stdout.split()


def ends(cloud: Cloud, request_id: str) -> list[Any]:
    shown = cloud.control("events/show", {"id": request_id})
    return [line for line in shown["steps"] if line["kind"] == "ended"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_accepted_events_end_once_after_a_kill(when: str, tmp_path: Path) -> None:
    code, words = run(tmp_path / "whole.db", 0, when)
    assert (code, words[-2]) == (0, "done")
    points = range(1, int(words[-1]) + 1)
    assert len(points) > 10
    for point in sample(points, every=6, start=3 * (when == "after")):
        data = tmp_path / f"{point}.db"
        code, accepted = run(data, point, when)
        measure("SIGKILL of the server", points=code == -9)
        assert code == -9, point
        with Server(data, settings=Settings(activation_s=0), virtual_time=True) as server:
            cloud = Cloud(server.url)
            cloud.control("clock", {"until": "idle"})
            for request_id in accepted:
                assert len(ends(cloud, request_id)) == 1, (point, request_id)
            (queue,) = cloud.control("queues")["queues"]
            # An event that was stored when its caller had no answer yet counts, too.
            assert len(accepted) <= queue["messages"] <= 2, point
