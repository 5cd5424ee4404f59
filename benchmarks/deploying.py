"""What the benchmarks that deploy have in common.

A project of many folders, a local server and its count of calls, and the least time that commands can take.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scfdeploy.providers.retry import least_seconds

LATENCY_S = 0.05
ACTIVATION_S = 1.0
SCFDEPLOY = str(Path(sys.executable).with_name("scfdeploy"))


def write_project(folder: Path, count: int, text: str) -> Path:
    """One folder a function, each with `text`, in which `{number}` tells them apart."""
    for number in range(count):
        instance = folder / f"f{number}"
        instance.mkdir()
        (instance / "serverless.yml").write_text(text.format(number=number))
        (instance / "index.py").write_text("def main_handler(event, context):\n    return event\n")
    return folder


@contextmanager
def server() -> Iterator[str]:
    """A local server in a process of its own, and its URL."""
    command = [SCFDEPLOY, "emulator", "--port", "0", "--latency", str(LATENCY_S), "--activation", str(ACTIVATION_S)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


def calls(url: str, since: float = 0.0) -> Counter[str]:
    """How often each action was called on the server since a moment; it remembers the last 10,000 calls."""
    with urllib.request.urlopen(f"{url}/_emulator/calls") as answer:
        return Counter(call["action"] for call in json.load(answer)["calls"] if call["time"] >= since)


def rows_s(count: int, *actions: str) -> float:
    """Seconds between the first and the last of `count` calls of each action at its documented rate."""
    return max(least_seconds(action, count) for action in actions)


def first_apply_s(count: int) -> float:
    """Seconds for a list, a creation, its activation, one look and a trigger."""
    return 4 * LATENCY_S + ACTIVATION_S + rows_s(count, "CreateFunction", "CreateTrigger")


def full_plan_s(count: int) -> float:
    """Seconds for a list, and for one look at each function and at its triggers, which can be made together."""
    return (LATENCY_S if count == 1 else 2 * LATENCY_S) + rows_s(count, "GetFunction", "ListTriggers")
