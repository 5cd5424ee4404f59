"""How long `apply` of 1, 10 and 100 functions takes, each with a timer, and how long it must take at least.

Whole commands against the local server in a process of its own, with 50 ms latency and 1 s until a function is active:
the first `apply`, `plan` and `apply` of what is unchanged, `apply` of another memory size, and `destroy`. The floor is
what the platform's documented rate limits and the slowest chain of calls allow. The time of bare Python shows how fast
the machine is: every command starts it once.

    python benchmarks/apply.py [COUNT ...]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from deploying import (
    ACTIVATION_S,
    LATENCY_S,
    SCFDEPLOY,
    calls,
    first_apply_s,
    full_plan_s,
    rows_s,
    server,
    write_project,
)

PROJECT = """\
component: scf
name: f{number}
app: benchmark
inputs:
  src: .
  runtime: Python3.10
  handler: index.main_handler
  memorySize: 128
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
"""


def main(counts: list[int]) -> None:
    """Measure and print a table."""
    print(f"latency {LATENCY_S * 1000:.0f} ms, activation {ACTIVATION_S:.0f} s, bare Python {bare_python_s():.3f} s")
    print(f"{'functions':>9} {'command':<16} {'seconds':>8} {'floor':>6} {'ratio':>6}  calls")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, server() as url:
            project = write_project(Path(folder), count, PROJECT)
            environment = {"PATH": os.environ["PATH"], "HOME": folder, "SCFDEPLOY_ENDPOINT": url}
            run = partial(row, count, folder=project, environment=environment, url=url)
            run("apply, first", ["apply", "--yes"], floor=first_apply_s(count))
            for command in ("plan", "apply"):
                run(f"{command}, unchanged", [command], floor=full_plan_s(count))
            for file in project.glob("*/serverless.yml"):
                file.write_text(file.read_text().replace("memorySize: 128", "memorySize: 256"))
            run("apply, memory", ["apply", "--yes"], floor=changed_floor(count, "UpdateFunctionConfiguration"))
            run("destroy", ["destroy", "--yes"], floor=changed_floor(count, "DeleteFunction"))


def bare_python_s() -> float:
    """The median time of a Python process that does nothing."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def changed_floor(count: int, write: str) -> float:
    """Seconds for a full plan, a check for conflicts, a write, its end, and one look."""
    return full_plan_s(count) + 3 * LATENCY_S + ACTIVATION_S + rows_s(count, write)


def row(
    count: int, name: str, arguments: list[str], *, floor: float, folder: Path, environment: Mapping[str, str], url: str
) -> None:
    """Run one command, and print its time, its floor and its calls."""
    before = calls(url)
    began = time.perf_counter()
    done = subprocess.run([SCFDEPLOY, *arguments], cwd=folder, env=dict(environment), capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{name} of {count} functions failed:\n{done.stderr.decode()}")
    told = ", ".join(f"{action} {number}" for action, number in sorted((calls(url) - before).items()))
    print(f"{count:>9} {name:<16} {seconds:>8.2f} {floor:>6.2f} {seconds / floor:>6.2f}  {told}", flush=True)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [1, 10, 100])
