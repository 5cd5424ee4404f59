"""A project of many functions, one with large code, and fault rules that hit calls at random."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.support.crash_scenarios import CrashScenario
from tests.support.project import write_project
from tests.support.sampling import is_soak

COUNT = 100 if is_soak() else 40
_HEAD = """\
component: multi-scf
name: api
app: shop
inputs:
  src: ./src
  runtime: Python3.10
  functions:
"""
_FUNCTION = "    f{n:03}: {{handler: index.main, name: load-{n:03}, tags: {{number: n{n}}}}}\n"
_TRIGGER = (
    "    - {{type: timer, function: f{n:03}, "
    'parameters: {{name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}}}\n'
)


def write_many(folder: Path) -> None:
    """A project of many functions with a tag and a timer each."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "index.py").write_text("def main(event, context):\n    return 1\n")
    numbers = range(COUNT)
    functions = "".join(_FUNCTION.format(n=n) for n in numbers)
    triggers = "".join(_TRIGGER.format(n=n) for n in numbers)
    (folder / "serverless.yml").write_text(f"{_HEAD}{functions}  triggers:\n{triggers}")


def change_some(folder: Path) -> int:
    """Change the settings of some functions and the timer of another. Returns the number of these functions."""
    file = folder / "serverless.yml"
    text = file.read_text()
    for n in (7, 25, COUNT - 1):
        text = text.replace(f"name: load-{n:03},", f"name: load-{n:03}, memorySize: 256,")
    text = text.replace(_TRIGGER.format(n=30), _TRIGGER.format(n=30).replace("0 0 2", "0 0 3"))
    file.write_text(text)
    return 4


def _write_large(folder: Path) -> None:
    write_project(folder)
    (folder / "src" / "data.bin").write_bytes(random.Random(1).randbytes(8 << 20))


UPLOAD = CrashScenario("upload", "apply", _write_large)
"""A function whose code is uploaded to COS in two parts."""


def fault_load_rules(seed: int) -> list[dict[str, Any]]:
    """Fault rules: 5 % of calls dropped, 10 % internal errors (half of each after the effect), 30 % throttled.

    The first matching rule wins, so each later probability is relative to the calls that are left.
    """
    shares: list[tuple[float, dict[str, Any]]] = [
        (0.025, {"drop": "before"}),
        (0.025, {"drop": "after"}),
        (0.05, {"code": "InternalError"}),
        (0.05, {"code": "InternalError", "when": "after"}),
        (0.30, {"code": "RequestLimitExceeded"}),
    ]
    rules, left = [], 1.0
    for number, (share, what) in enumerate(shares):
        rules.append({"probability": share / left, "seed": seed * 100 + number, **what})
        left -= share
    return rules
