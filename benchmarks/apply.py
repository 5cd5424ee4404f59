"""How long it takes to apply 1, 10 and 100 functions with a timer each, and how long it must take at least.

The local server runs in a process of its own, with 50 ms latency and 1 s until a function is active. The floor is what
the platform's rate limits and the slowest chain allow: create, activation, one look, trigger.

    python benchmarks/apply.py [COUNT ...]
"""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import sys
import tempfile
import time
import zipfile
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from scfdeploy.apply import Status, run
from scfdeploy.emulator import Server, Settings
from scfdeploy.model import Address, Bundle, Owner, ProjectKey, Secret
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.providers.base import Query
from scfdeploy.providers.rate import documented_rate
from scfdeploy.providers.tencent import Credentials, TencentCloud, connect

LATENCY_S = 0.05
ACTIVATION_S = 1.0
REGION = "ap-guangzhou"
OWNER = Owner("benchmark", "dev", "many")
PAIR = Credentials("AKIDlocal", Secret("local-secret"), None, "the local server")
SETTINGS = {"type": "event", "runtime": "Python3.10", "handler": "index.main", "memorySize": 128}


def main(counts: list[int]) -> None:
    print(f"latency {LATENCY_S * 1000:.0f} ms, activation {ACTIVATION_S:.0f} s")
    print(f"{'functions':>9} {'seconds':>8} {'floor':>6} {'ratio':>6} {'cpu':>5}  calls")
    for count in counts:
        seconds, cpu, calls = measure(count)
        least = floor(count)
        told = ", ".join(f"{action} {number}" for action, number in sorted(calls.items()))
        print(f"{count:>9} {seconds:>8.2f} {least:>6.2f} {seconds / least:>6.2f} {cpu:>5.2f}  {told}", flush=True)


def floor(count: int) -> float:
    """Seconds below which nobody can be who keeps to the documented rates."""
    chain = 3 * LATENCY_S + ACTIVATION_S
    rows = [(count - 1) / documented_rate(action) for action in ("CreateFunction", "CreateTrigger")]
    return chain + max(rows)


def measure(count: int) -> tuple[float, float, Counter[str]]:
    """Wall time, CPU time of this process, and the calls of one apply."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            bundle = pack(Path(folder))
            functions = [Address.of_function("default", f"hello{number:03}") for number in range(count)]
            bundles = dict.fromkeys(functions, bundle)
            cloud = connect(REGION, credentials=PAIR, endpoint=here.recv(), bundles=bundles)
            cloud.observe(Query(functions[:1]))  # loads the SDK, opens a connection
            return timed(cloud, functions)
    finally:
        server.terminate()
        server.join()


def timed(cloud: TencentCloud, functions: list[Address]) -> tuple[float, float, Counter[str]]:
    changes = [change for function in functions for change in with_timer(function)]
    plan = Plan(ProjectKey(OWNER.app, OWNER.stage, REGION), tuple(changes))
    before = cloud.calls
    wall, cpu = time.perf_counter(), time.process_time()
    outcomes = run(plan, cloud, listener=lambda _: None)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    failed = [outcome.error for outcome in outcomes if outcome.status is not Status.SUCCEEDED]
    if failed:
        raise SystemExit(f"{len(failed)} changes failed, the first: {failed[0]}")
    return wall, cpu, cloud.calls - before


def with_timer(function: Address) -> tuple[Change, Change]:
    timer = {"cronExpression": "0 */5 * * * * *", "qualifier": "$DEFAULT"}
    return (
        Change(function, Action.CREATE, "new", settings=SETTINGS, owner=OWNER),
        Change(
            function.trigger("timer", "tick"), Action.CREATE, "new", settings=timer, owner=OWNER, requires=(function,)
        ),
    )


def pack(folder: Path) -> Bundle:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", "def main(event, context):\n    return event\n")
    path = folder / "code.zip"
    path.write_bytes(buffer.getvalue())
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    return Bundle(Address.of_function("default", "hello"), digest, digest, len(buffer.getvalue()), 1, path=str(path))


def serve(there: Connection) -> None:
    server = Server(settings=Settings(activation_s=ACTIVATION_S, latency_s=LATENCY_S))
    there.send(server.url)
    server.serve_forever()


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [1, 10, 100])
