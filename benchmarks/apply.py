"""How long `apply` of 1, 10 and 100 functions takes, each with a timer, and how long it must take at least.

Whole commands against the local server in a process of its own, with 50 ms latency and 1 s until a function is active:
the first `apply`, then `plan` and `apply` of what is unchanged. The floor is what the platform's documented rate limits
and the slowest chain of calls allow.

    python benchmarks/apply.py [COUNT ...]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from deploying import ACTIVATION_S, LATENCY_S, SCFDEPLOY, calls, server, write_project

from scfdeploy.facts import limit

PROJECT = """\
component: scf
name: f{number}
app: benchmark
inputs:
  src: .
  runtime: Python3.10
  handler: index.main_handler
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
"""


def main(counts: list[int]) -> None:
    """Measure and print a table."""
    print(f"latency {LATENCY_S * 1000:.0f} ms, activation {ACTIVATION_S:.0f} s")
    print(f"{'functions':>9} {'command':<16} {'seconds':>8} {'floor':>6} {'ratio':>6}  calls")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, server() as url:
            project = write_project(Path(folder), count, PROJECT)
            environment = {"PATH": os.environ["PATH"], "HOME": folder, "SCFDEPLOY_ENDPOINT": url}
            row(count, "apply, first", ["apply", "--yes"], first_floor(count), project, environment, url)
            row(count, "plan, unchanged", ["plan"], unchanged_floor(count), project, environment, url)
            row(count, "apply, unchanged", ["apply"], unchanged_floor(count), project, environment, url)


def first_floor(count: int) -> float:
    """Seconds for a list, a creation, its activation, one look and a trigger, the rows at their documented rates."""
    chain = 4 * LATENCY_S + ACTIVATION_S
    create, other = limit("rate.create_function_per_s"), limit("rate.default_per_s")
    return chain + max((count - 1) / create, (count - 1) / other)


def unchanged_floor(count: int) -> float:
    """Seconds for a list and one look at each function at its documented rate."""
    return 2 * LATENCY_S + (count - 1) / limit("rate.default_per_s")


def row(
    count: int, name: str, arguments: list[str], floor: float, folder: Path, environment: Mapping[str, str], url: str
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
