"""Commands wait with the clock of the local server, so that minutes of waiting take no time."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Barrier, Thread

import pytest

from scfdeploy.providers.clock import SystemClock
from tests.support.command import scfdeploy
from tests.support.fake_clock import FakeClock
from tests.support.local_server import LocalServer
from tests.support.project import write_project
from tests.support.server_clock import ServerClock


def ahead(cloud: LocalServer) -> float:
    """By how much the server's clock is ahead of the machine's."""
    return float(cloud.control("clock")["now"]) - time.time()


def test_command_waits_with_server_clock(tmp_path: Path, cloud: LocalServer) -> None:
    cloud.control("settings", {"activation_s": 60})
    began = time.monotonic()
    applied = scfdeploy("apply", write_project(tmp_path), "--yes", env=cloud.env)

    took_s = time.monotonic() - began
    assert applied.exit_code == 0, applied.stderr
    assert took_s < 30
    assert ahead(cloud) + took_s >= 60


def test_command_waits_with_given_clock(tmp_path: Path, cloud: LocalServer) -> None:
    clock = FakeClock()
    cloud.control("faults", [{"action": "ListFunctions", "code": "RequestLimitExceeded", "times": 2}])
    planned = scfdeploy("plan", write_project(tmp_path), env=cloud.env, clock=clock)

    assert planned.exit_code == 0, planned.stderr
    assert clock.slept
    assert round(ahead(cloud)) == 0


@pytest.mark.parametrize("threads", [1, 8, 32])
def test_parallel_sleeps_overlap_in_server_time(threads: int, cloud: LocalServer) -> None:
    clock = ServerClock(cloud.url)
    together = Barrier(threads)

    def sleep() -> None:
        together.wait()
        for _ in range(5):
            clock.sleep(60)

    sleeping = [Thread(target=sleep) for _ in range(threads)]
    for thread in sleeping:
        thread.start()
    for thread in sleeping:
        thread.join()

    # On a busy machine some come too late to meet the others; without meeting eight threads take some 1800 s.
    assert 300 <= clock.monotonic() <= 1200
    assert ahead(cloud) == pytest.approx(clock.monotonic(), abs=1)


def test_real_wait_in_a_test_fails() -> None:
    SystemClock().sleep(0)
    with pytest.raises(pytest.fail.Exception, match=r"would wait 0\.500 s by the machine's clock: pass a clock"):
        SystemClock().sleep(0.5)


@pytest.mark.waits("0.01 s: it is the machine's clock that is looked at")
def test_system_clock_waits() -> None:
    clock = SystemClock()
    began = clock.monotonic()
    clock.sleep(0.01)

    assert clock.monotonic() - began >= 0.01
    assert clock.now() == pytest.approx(time.time(), abs=60)
