"""Counts what tests of reliability did, for docs/reliability.md: only where a run asks for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

VARIABLE = "SCFDEPLOY_MEASURED"


def measure(what: str, **numbers: int) -> None:
    """Add to the counts of a row; nothing happens unless the run is made to write the page."""
    folder = os.environ.get(VARIABLE)
    if folder:
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps({"what": what, **numbers}) + "\n")


def collect(folder: Path) -> dict[str, dict[str, int]]:
    """The sums of what all processes of a run wrote."""
    sums: dict[str, dict[str, int]] = {}
    for file in folder.glob("*.jsonl"):
        for line in file.read_text().splitlines():
            entry = json.loads(line)
            row = sums.setdefault(entry.pop("what"), {})
            for name, number in entry.items():
                row[name] = row.get(name, 0) + number
    return sums
