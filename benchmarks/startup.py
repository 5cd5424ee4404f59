"""How long the commands take that people wait for, in CPU time of the whole process.

Runs in turn, in one go: bare Python, a trivial Typer command, `scfdeploy --version`, `validate` of one function, and
`plan` of one unchanged function on the local server. Quote the ratios: machines differ and are noisy, the ratios less.

    python benchmarks/startup.py [--runs N]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

TYPER = """\
import typer
app = typer.Typer()
@app.command()
def main(name: str = "you") -> None:
    print(name)
app()
"""
PROJECT = """\
component: scf
name: startup
inputs:
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  memorySize: 128
  timeout: 10
  environment:
    variables:
      GREETING: hello
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
"""
SCFDEPLOY = (str(Path(sys.executable).with_name("scfdeploy")),)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="counted runs of each command (default 15)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        project = write_project(Path(folder))
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        server = subprocess.Popen([*SCFDEPLOY, "emulator", "--port", "0"], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            endpoint = server.stdout.readline().split()[-1]
            with_cloud = {**environment, "SCFDEPLOY_ENDPOINT": endpoint}
            subprocess.run([*SCFDEPLOY, "apply", "--yes"], cwd=project, env=with_cloud, check=True, capture_output=True)
            report(
                {
                    "bare Python": measure([sys.executable, "-c", "pass"], project, environment, runs),
                    "trivial Typer command": measure([sys.executable, "-c", TYPER], project, environment, runs),
                    "scfdeploy --version": measure([*SCFDEPLOY, "--version"], project, environment, runs),
                    "scfdeploy validate": measure([*SCFDEPLOY, "validate"], project, environment, runs),
                    "scfdeploy plan": measure([*SCFDEPLOY, "plan"], project, with_cloud, runs),
                }
            )
        finally:
            server.terminate()
            server.wait()


def write_project(folder: Path) -> Path:
    """One function with a timer."""
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text("def main_handler(event, context):\n    return event\n")
    (folder / "serverless.yml").write_text(PROJECT)
    return folder


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str], runs: int) -> list[float]:
    """User and system CPU milliseconds of each run, after one that is not counted."""
    found = []
    for _ in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed: {done.stderr.decode()}")
        found.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return found[1:]


def report(times: Mapping[str, list[float]]) -> None:
    """One row a command, and its median against that of the trivial Typer command."""
    base = statistics.median(times["trivial Typer command"])
    print(f"{'command':<24}{'min ms':>9}{'median':>9}{'max':>9}{'x typer':>9}")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:<24}{min(found):>9.0f}{median:>9.0f}{max(found):>9.0f}{median / base:>9.2f}")


if __name__ == "__main__":
    main()
