"""Memory of many waiting asynchronous events in the local server, and the CPU time to end them all in one run.

    python benchmarks/waiting_events.py [--events 100000] [--outcomes 430,200] [--real-time]

The server is a process of its own and keeps its data in a file. Every event is accepted by an API call; then, for each
outcome on a new server, a fault rule replaces all attempts and the clock is advanced until no event waits. With
`--real-time` the server's clock does not stand still: the events wait after a first attempt that ends with 432.

Wanted for 100,000 events: at most 300 MB, and less than 60 s of CPU time of the server to end them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONNECTIONS = 4
MAX_MB = 300
MAX_CPU_S = 60.0
_TREE = Path(__file__).parents[1]
_SERVER = """
import signal, sys
from pathlib import Path
from scfdeploy.emulator import Server, Settings
with Server(Path(sys.argv[1]), settings=Settings(activation_s=0), virtual_time=sys.argv[2] == "virtual") as server:
    print(server.url, flush=True)
    signal.sigwait({signal.SIGTERM})
"""

sys.path.insert(0, str(_TREE))
from tests.support.emulator import Cloud, tc3_headers  # noqa: E402 - the tree is not installed with its tests


@dataclass(frozen=True)
class MeasuredServer:
    """A server in a process of its own."""

    cloud: Cloud
    process_id: int

    @property
    def peak_mb(self) -> float:
        """Its largest resident memory so far."""
        status = Path(f"/proc/{self.process_id}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    @property
    def cpu_s(self) -> float:
        """The CPU time of its threads so far, in user and kernel mode."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def started(*, real_time: bool) -> Iterator[MeasuredServer]:
    """A new server."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _SERVER, f"{folder}/events.db", "real" if real_time else "virtual"]
        process = subprocess.Popen(command, cwd=_TREE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield MeasuredServer(Cloud(process.stdout.readline().strip()), process.pid)
        finally:
            process.terminate()
            process.wait()


def send_events(cloud: Cloud, count: int) -> None:
    """Send events over a few connections that stay open."""
    numbers = iter(range(count))
    lock = threading.Lock()

    def send() -> None:
        connection = http.client.HTTPConnection(cloud.address, timeout=60)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            parameters = {"FunctionName": "hello", "InvocationType": "Event", "ClientContext": f'{{"id": {number}}}'}
            body = json.dumps(parameters).encode()
            connection.request("POST", "/", body, tc3_headers(cloud.address, "Invoke", body))
            answer = connection.getresponse().read()
            assert b'"Error"' not in answer, answer

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(count: int, outcome: int, *, real_time: bool) -> dict[str, Any]:
    """Let events wait on a new server, then end them."""
    with started(real_time=real_time) as server:
        server.cloud.create("hello", DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "failed"})
        server.cloud.control("faults", [{"action": "Invoke", "outcome": 432}] if real_time else [])
        send_events(server.cloud, count)
        accepted_cpu_s, waiting_mb = server.cpu_s, server.peak_mb
        server.cloud.control("faults", [{"action": "Invoke", "outcome": outcome}])
        began = time.perf_counter()
        ends = _advance(server.cloud)
        return {
            "outcome": outcome,
            "events": count,
            "acceptCpuS": round(accepted_cpu_s, 1),
            "waitingMb": round(waiting_mb),
            "drainCpuS": round(server.cpu_s - accepted_cpu_s, 1),
            "drainS": round(time.perf_counter() - began, 1),
            "peakMb": round(server.peak_mb),
            "ends": ends,
        }


def _advance(cloud: Cloud) -> Any:
    """Advance the clock until no event waits; returns how many events ended how."""
    connection = http.client.HTTPConnection(cloud.address, timeout=3600)
    connection.request("POST", "/_emulator/clock", b'{"until": "idle"}')
    return json.loads(connection.getresponse().read())["ends"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--outcomes", default="430,200")
    parser.add_argument("--real-time", action="store_true")
    options = parser.parse_args()
    is_met = True
    for outcome in options.outcomes.split(","):
        measured = measure(options.events, int(outcome), real_time=options.real_time)
        print(json.dumps(measured), flush=True)
        is_met &= measured["peakMb"] <= MAX_MB and measured["drainCpuS"] < MAX_CPU_S
    print("Both targets are met." if is_met else f"Missed: at most {MAX_MB} MB and {MAX_CPU_S:.0f} s of CPU time.")
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
