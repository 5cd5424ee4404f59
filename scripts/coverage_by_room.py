"""Print how many lines and branches of each room the tests went through; exit 1 when a room has too few branches.

Run it after `pytest --cov`, or both by `make coverage`. Which rooms, and how much is asked of them, is in
`pyproject.toml` under `tool.coverage-by-room`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
_COUNTED = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def main() -> int:
    """Print the table and say which room falls short."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage-by-room"]
    rooms: dict[str, Counter[str]] = {room: Counter() for room in asked["rooms"]}
    for path, found in _files().items():
        room = PurePosixPath(path).parts[1]
        if room in rooms:
            rooms[room].update({name: found["summary"][name] for name in _COUNTED})
    print("room        lines               branches")
    for room, count in rooms.items():
        print(f"{room:<10}  {_share(count, 'lines'):<18}  {_share(count, 'branches')}")
    least = asked["branches"]
    short = [room for room, count in rooms.items() if _percent(count, "branches") < least]
    if short:
        print(f"fewer than {least} % of the branches: {', '.join(short)}", file=sys.stderr)
    return 1 if short else 0


def _files() -> dict[str, dict[str, dict[str, int]]]:
    made = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "-"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    files: dict[str, dict[str, dict[str, int]]] = json.loads(made.stdout)["files"]
    return files


def _share(count: Counter[str], what: str) -> str:
    all_of_them = count["num_statements" if what == "lines" else "num_branches"]
    return f"{_percent(count, what):6.2f} % of {all_of_them}"


def _percent(count: Counter[str], what: str) -> float:
    """Of a room without any file, nothing is held: a name that is wrong must not pass."""
    all_of_them = count["num_statements" if what == "lines" else "num_branches"]
    return 100 * count[f"covered_{what}"] / all_of_them if all_of_them else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
