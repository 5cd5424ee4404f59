"""Seconds and peak memory of `simulate` with scripted outcomes, for 10,000, 100,000 and 1,000,000 events.

    python benchmarks/simulate.py [EVENTS]...

One event in a hundred fails once, one in a thousand always. Each row is a process of its own, with its own peak of
memory. Time has to grow in proportion to the number of events, and a million events have to take less than 60 s and
1 GB on one core.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000)
FORMATS = ("text", "json", "jsonl")


def scenario(events: int) -> str:
    """A scenario in which few events fail; a list of all of them would measure the reader."""
    failing = [f"event {number}: [430, 200]" for number in range(100, min(events, 20_000) + 1, 100)]
    dead = [f"event {number}: 430" for number in range(999, min(events, 20_000) + 1, 1000)]
    outcomes = ", ".join(["default: 200", *failing, *dead])
    return (
        f"handler: orders\nsource: {{events: {events}, every: 1ms}}\noutcomes: {{{outcomes}}}\n"
        "policy: {deadLetter: queue://orders-failed}\n"
    )


def measure(events: int, form: str) -> tuple[float, float, int]:
    """Seconds, those of the processor, and the peak of the memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scenario.yml")
        file.write_text(scenario(events))
        with open(os.devnull, "w") as null:  # noqa: PTH123
            start = time.monotonic()
            arguments = [sys.executable, "-m", "scfdeploy", "simulate", str(file), "--format", form]
            child = os.posix_spawn(
                sys.executable,
                arguments,
                dict(os.environ),
                file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), 1)],
            )
            _, status, usage = os.wait4(child, 0)
            seconds = time.monotonic() - start
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"simulate failed for {events} events")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    print(f"{'events':>10} {'format':>7} {'seconds':>9} {'CPU s':>9} {'µs/event':>9} {'MB':>6}")
    for form in FORMATS:
        for events in [int(word) for word in sys.argv[1:]] or SIZES:
            seconds, cpu, memory = measure(events, form)
            per_event = cpu / events * 1e6
            print(f"{events:>10,} {form:>7} {seconds:>9.1f} {cpu:>9.1f} {per_event:>9.1f} {memory:>6,}", flush=True)


if __name__ == "__main__":
    main()
