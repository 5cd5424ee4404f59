"""A project of 1,000 functions, each with a timer: time, calls and memory of its plans, and the least they could take.

Whole commands against the local server in a process of its own, with 50 ms latency: the first `apply`, a `plan` of what
is unchanged, and the same without the notes of earlier runs. Then one function changes, and `plan` and `apply` read the
lists and that function only (`--refresh changed`). The floor is the longest row of calls of one action at the rate that
the platform documents; for one changed function it is the lists page by page, the calls of an update one after another,
and the time that the function takes to become active. Memory is the most that the command held at once; the server's is
not in it, and neither is its CPU time.

    python benchmarks/large.py [COUNT]
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from deploying import ACTIVATION_S, LATENCY_S, SCFDEPLOY, calls, server, write_project
from processes import run

from scfdeploy.providers.retry import least_seconds

MOST_CALLS_EACH = 2
MOST_MEMORY_MB = 300
MOST_CPU_S = 2.0
MOST_CALLS_OF_ONE_CHANGE = 16
"""For the one changed function: to read it, to check it again, to change it and to wait for it."""
CHANGED = ["--refresh", "changed"]
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
    print(f"{'command':<34} {'seconds':>8} {'floor':>7} {'CPU':>6} {'memory':>8} {'calls each':>10}  calls")
    with tempfile.TemporaryDirectory() as folder, server() as url:
        project = write_project(Path(folder), count, PROJECT)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "SCFDEPLOY_ENDPOINT": url}
        row("apply, first", ["apply", "--yes"], project, environment, count)
        unchanged = row("plan, unchanged", ["plan", "--detailed-exitcode"], project, environment, count)
        changed = [row("plan, unchanged, --refresh changed", ["plan", *CHANGED], project, environment, count)]
        write_other_value(project / "f0" / "serverless.yml")
        changed.append(row("plan, 1 changed", ["plan", *CHANGED], project, environment, count))
        changed.append(row("apply, 1 changed", ["apply", "--yes", *CHANGED], project, environment, count))
        shutil.rmtree(project / ".scfdeploy")
        row("plan, unchanged, no notes", ["plan", "--detailed-exitcode"], project, environment, count)
        row("plan, unchanged, once more", ["plan", "--detailed-exitcode"], project, environment, count)
    if unchanged.calls > MOST_CALLS_EACH * count or unchanged.memory_mb > MOST_MEMORY_MB:
        sys.exit(f"a plan may take {MOST_CALLS_EACH} calls a function and {MOST_MEMORY_MB} MB")
    if max(used.calls for used in changed) > MOST_CALLS_OF_ONE_CHANGE:
        sys.exit(f"one changed function may take {MOST_CALLS_OF_ONE_CHANGE} calls beside the lists")
    if count <= 1000 and max(used.cpu_s for used in changed) > MOST_CPU_S:
        sys.exit(f"one changed function of {count} may take {MOST_CPU_S} s of CPU")


def write_other_value(file: Path) -> None:
    """Change the environment of a function."""
    file.write_text(file.read_text().replace('NUMBER: "', 'NUMBER: "other-'))


class Used(NamedTuple):
    """What a command used."""

    calls: int
    """Lists aside."""
    memory_mb: float
    cpu_s: float


def row(name: str, arguments: list[str], folder: Path, environment: Mapping[str, str], count: int) -> Used:
    """Run one command and print a line."""
    since = time.time()
    used = run([SCFDEPLOY, *arguments], folder, environment)
    made = calls(environment["SCFDEPLOY_ENDPOINT"], since)
    others = made.total() - made["ListFunctions"]
    listed = ", ".join(f"{action} {number}" for action, number in sorted(made.items()))
    least = floor_of_one_change(made) if CHANGED[0] in arguments else floor(made)
    figures = f"{used.wall_s:>8.1f} {least:>7.1f} {used.cpu_s:>6.1f} {used.memory_mb:>5.0f} MB {others / count:>10.2f}"
    print(f"{name:<34} {figures}  {listed}", flush=True)
    return Used(others, used.memory_mb, used.cpu_s)


def floor_of_one_change(made: Counter[str]) -> float:
    """Seconds that the lists take at least, and one function that is read, and changed if it is."""
    pages = made["ListFunctions"]
    if not made["UpdateFunctionConfiguration"]:
        return (pages + (made["GetFunction"] > 0)) * LATENCY_S
    # It is read, checked for changes by others, changed, and seen to be active.
    return (pages + 4) * LATENCY_S + ACTIVATION_S


def floor(made: Counter[str]) -> float:
    """Seconds that these calls take at least: actions beside each other, the calls of one at its documented rate."""
    return max(least_seconds(action, number) for action, number in made.items())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
