"""How long `validate` takes on large projects, in CPU time of the whole process.

Measures 1,000 folders with one function each, and one file of `component: multi-scf` with 1,000 functions, next to one
function alone and to a bare Python, which is the yardstick of the last column. Target: 2 seconds of CPU each.

    python benchmarks/validate.py [--functions N] [--runs N] [--profile]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

TARGET_S = 2.0
CODE = "def main_handler(event, context):\n    return event\n"
ONE = """\
component: scf
name: f{number}
app: large
inputs:
  name: f{number}
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  memorySize: 128
  timeout: 10
  environment:
    variables:
      LANG: en
      NUMBER: '{number}'
  tags:
    team: orders
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
"""
SHARED = """\
component: multi-scf
name: large
inputs:
  src: ./src
  runtime: Python3.10
  functions:
"""
EACH = """\
    f{number}:
      name: f{number}
      handler: index.main_handler
      memorySize: 128
      timeout: 10
      environment:
        variables:
          LANG: en
          NUMBER: '{number}'
"""


def main() -> None:
    """Measure and print a table; exits with 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--functions", type=int, default=1000, help="how many functions (default 1000)")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each (default 3)")
    parser.add_argument("--profile", action="store_true", help="show where the time goes in place of measuring")
    asked = parser.parse_args()
    projects: dict[str, tuple[int, Callable[[Path, int], None]]] = {
        "1 function": (1, write_folders),
        f"{asked.functions} folders": (asked.functions, write_folders),
        f"1 file with {asked.functions}": (asked.functions, write_one_file),
    }
    missed = False
    bare = min(seconds([sys.executable, "-c", "pass"], Path.cwd()) for _ in range(asked.runs + 1))
    print(f"{'project':<24}{'min s':>9}{'median':>9}{'max':>9}{'x bare':>9}")
    print(f"{'bare Python':<24}{bare:>9.3f}")
    for name, (count, write) in projects.items():
        with tempfile.TemporaryDirectory() as place:
            write(Path(place), count)
            if asked.profile:
                profile(Path(place))
                continue
            command = [str(Path(sys.executable).with_name("scfdeploy")), "validate"]
            found = [seconds(command, Path(place)) for _ in range(asked.runs + 1)][1:]
        times = f"{min(found):>9.2f}{statistics.median(found):>9.2f}{max(found):>9.2f}"
        print(f"{name:<24}{times}{min(found) / bare:>9.0f}", flush=True)
        missed = missed or min(found) > TARGET_S
    sys.exit(1 if missed else 0)


def write_folders(root: Path, count: int) -> None:
    """One folder for each function."""
    for number in range(count):
        folder = root / f"f{number}"
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "index.py").write_text(CODE)
        (folder / "serverless.yml").write_text(ONE.format(number=number))


def write_one_file(root: Path, count: int) -> None:
    """All functions in one file, with their code in common."""
    (root / "src").mkdir()
    (root / "src" / "index.py").write_text(CODE)
    (root / "serverless.yml").write_text(SHARED + "".join(EACH.format(number=number) for number in range(count)))


def seconds(command: Sequence[str], folder: Path) -> float:
    """User and system CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def profile(folder: Path) -> None:
    """Show what costs most."""
    program = "import cProfile; from scfdeploy.cli.app import app; cProfile.run('app([\"validate\"])', sort='tottime')"
    done = run([sys.executable, "-c", program], folder)
    print("\n".join(done.splitlines()[:40]))


def run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed: {done.stdout[-500:]} {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
