"""A project of 1,000 functions, each with a timer: time, calls and memory of its plans, and the least they could take.

Whole commands against the local server in a process of its own, with 50 ms latency: the first `apply`, a `plan` of what
is unchanged, and the same without the notes of earlier runs. The floor is the longest row of calls of one action at the
rate that the platform documents. Memory is the most that the command held at once; the server's is not in it.

    python benchmarks/large.py [COUNT]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from deploying import LATENCY_S, SCFDEPLOY, calls, server, write_project

from scfdeploy.providers.retry import documented_rate

MOST_CALLS_EACH = 2
MOST_MEMORY_MB = 300
PROJECT = """\
component: scf
name: f{number}
app: benchmark
inputs:
  name: f{number}
  src: .
  runtime: Python3.10
  handler: index.main_handler
  environment: {{variables: {{NUMBER: "{number}"}}}}
  events:
    - timer: {{parameters: {{name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}}}
"""


def main(count: int) -> None:
    """Measure, print a table, and fail where a plan takes more than it may."""
    print(f"{count} functions, latency {LATENCY_S * 1000:.0f} ms")
    print(f"{'command':<30} {'seconds':>8} {'floor':>7} {'memory':>8} {'calls each':>10}  calls")
    with tempfile.TemporaryDirectory() as folder, server() as url:
        project = write_project(Path(folder), count, PROJECT)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "SCFDEPLOY_ENDPOINT": url}
        row("apply, first", ["apply", "--yes"], project, environment, count)
        most, memory = row("plan, unchanged", ["plan", "--detailed-exitcode"], project, environment, count)
        shutil.rmtree(project / ".scfdeploy")
        row("plan, unchanged, no notes", ["plan", "--detailed-exitcode"], project, environment, count)
        row("plan, unchanged, once more", ["plan", "--detailed-exitcode"], project, environment, count)
    if most > MOST_CALLS_EACH or memory > MOST_MEMORY_MB:
        sys.exit(f"a plan may take {MOST_CALLS_EACH} calls a function and {MOST_MEMORY_MB} MB")


def row(
    name: str, arguments: list[str], folder: Path, environment: Mapping[str, str], count: int
) -> tuple[float, float]:
    """Run one command and print a line; gives its calls for each function, lists aside, and its memory in MB."""
    since = time.time()
    began = time.perf_counter()
    process = subprocess.Popen(
        [SCFDEPLOY, *arguments], cwd=folder, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{name} failed with {process.returncode}")
    made = calls(environment["SCFDEPLOY_ENDPOINT"], since)
    each = (made.total() - made["ListFunctions"]) / count
    memory_mb = used.ru_maxrss / 1024
    told = ", ".join(f"{action} {number}" for action, number in sorted(made.items()))
    print(f"{name:<30} {seconds:>8.1f} {floor(made):>7.1f} {memory_mb:>5.0f} MB {each:>10.2f}  {told}", flush=True)
    return each, memory_mb


def floor(made: Counter[str]) -> float:
    """Seconds that these calls take at least: actions beside each other, the calls of one at its documented rate."""
    return max((number - 1) / documented_rate(action) for action, number in made.items())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
