"""A local server killed at any moment: every accepted event ends exactly once after the next start.

The server runs in a process that kills itself at one transaction of its database, before or after the commit. What is
between two transactions is lost in the same way at either of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud
from tests.support.measured import measure

_PROGRAM = """
import json, os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.store.database import Store
from tests.support.emulator import Cloud

data, point, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
count, whole = 0, Store.exclusive
FAILING = {"index.py": "def main(event, context):\\n    raise KeyError('customer')\\n"}

@contextmanager
def exclusive(self, *, writes):
    global count
    if not writes or not armed:
        with whole(self, writes=writes):
            yield
        return
    count += 1
    with whole(self, writes=writes):
        yield
        if count == point and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    if count == point:
        os.kill(os.getpid(), signal.SIGKILL)

armed = False
Store.exclusive = exclusive
server = Server(data, settings=Settings(activation_s=0), virtual_time=True)
server.start()
cloud = Cloud(server.url)
cloud.create("orders", FAILING, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "dead"})
armed = True
for number in range(2):
    sent = cloud.call("Invoke", FunctionName="orders", InvocationType="Event", ClientContext=json.dumps(number))
    print(sent["Result"]["FunctionRequestId"], flush=True)
cloud.control("clock", {"until": "idle"})
armed = False
print("done", count, flush=True)
server.stop()
"""


def run(data: Path, point: int, when: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-c", _PROGRAM, str(data), str(point), when]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2], timeout=120
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode, done.stdout.split()


def ends(cloud: Cloud, request_id: str) -> list[Any]:
    shown = cloud.control("events/show", {"id": request_id})
    return [line for line in shown["steps"] if line["kind"] == "ended"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_accepted_events_end_once_after_a_kill(when: str, tmp_path: Path) -> None:
    code, words = run(tmp_path / "whole.db", 0, when)
    assert (code, words[-2]) == (0, "done")
    points = range(1, int(words[-1]) + 1)
    assert len(points) > 10
    for point in points:
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
