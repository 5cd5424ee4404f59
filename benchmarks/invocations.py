"""Invocations per second of the local server, side by side with another source tree in one run.

    python benchmarks/invocations.py [--against FOLDER] [--calls 5000] [--connections 64]

Each tree runs in processes of its own and in turn, so that both meet the same load of the machine. Then events wait and
end by a fault rule: the memory that they take and the CPU time to drain them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROUNDS = 3
_CLIENT = """
import json, sys, threading, time
sys.path.insert(0, ".")
from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud
calls, connections = int(sys.argv[1]), int(sys.argv[2])
with Server(settings=Settings(activation_s=0)) as server:
    cloud = Cloud(server.url)
    cloud.create("hello")
    left = iter(range(calls))
    lock = threading.Lock()
    def work():
        while True:
            with lock:
                if next(left, None) is None:
                    return
            cloud.call("Invoke", FunctionName="hello", ClientContext="{}")
    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(calls / (time.perf_counter() - began))
"""
_EVENTS = """
import json, resource, sys, tempfile, time
from pathlib import Path
sys.path.insert(0, ".")
from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud
count = int(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    settings = Settings(activation_s=0)
    with Server(Path(folder) / "events.db", settings=settings, virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("hello", DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "dead"})
        for number in range(count):
            cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext=str(number))
        waiting = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cloud.control("faults", [{"action": "Invoke", "outcome": 430}])
        began = time.process_time()
        done = server._app.events.advance(None, limit_s=30 * 86400)
        drained = time.process_time() - began
        print(json.dumps({"waitingMb": waiting, "drainCpuS": drained, "ran": done.ran, "ends": done.ends}))
"""


def measure(folder: Path, program: str, *arguments: object) -> str:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--events", type=int, default=20_000)
    given = parser.parse_args()
    trees = {"this tree": Path.cwd()} | ({str(given.against): given.against} if given.against else {})
    rates: dict[str, list[float]] = {name: [] for name in trees}
    for _ in range(ROUNDS):
        for name, folder in trees.items():
            rates[name].append(float(measure(folder, _CLIENT, given.calls, given.connections)))
    for name, found in rates.items():
        print(f"{name}: {max(found):.0f} invocations/s at best, {sorted(found)[ROUNDS // 2]:.0f} in the middle")
    if given.events:
        print(json.loads(measure(Path.cwd(), _EVENTS, given.events)))


if __name__ == "__main__":
    main()
