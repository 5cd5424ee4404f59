"""How long the commands take that people wait for, in CPU time of the whole process.

Measures bare Python, a trivial Typer command and its `--help`, `scfdeploy --version`, `--help` of the program and of
`plan`, the answer to Tab in a shell, `validate` of one function, and `plan` of one unchanged function on the local
server. The commands take turns, so that a change of load affects all of them alike. Quote the ratios: machines differ
and are noisy, the ratios less.

    python benchmarks/startup.py [--runs N] [--against FOLDER] [--imports]

`--against` also measures the source tree in FOLDER, such as a worktree of an earlier commit, in the same run.
`--imports` shows instead how long the imports of each command take, by the package that they come from.
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

PYTHON = "bare Python"
MOST_FOR_HELP = 1.5
BASE = "trivial Typer command"
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
# As the console script, also of trees whose program is `main`.
SCFDEPLOY = (sys.executable, "-c", "from scfdeploy import cli; getattr(cli, 'run_program', cli.main)()")
TAB = ("__complete", "bash", "2", "scfdeploy", "invoke", "")
COMMANDS = ("--version", "--help", "plan --help", "validate", "plan")
ORIGINS = {
    "scfdeploy": ("scfdeploy",),
    "Typer": ("typer", "shellingham"),
    "ruamel.yaml": ("ruamel", "_ruamel_yaml"),
    "SDK, requests, urllib3": ("tencentcloud", "requests", "urllib3", "charset_normalizer", "idna", "certifi"),
}
"""Packages by where they come from; all others are of the standard library."""

HERE = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15, help="counted runs of each command (default 15)")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="also measure the source tree in this folder")
    parser.add_argument("--imports", action="store_true", help="show the time of the imports of each command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = write_project(Path(folder))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "PYTHONPATH": str(HERE)}
        server = subprocess.Popen(
            [*SCFDEPLOY, "emulator", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            environment["SCFDEPLOY_ENDPOINT"] = server.stdout.readline().split()[-1]
            subprocess.run(
                [*SCFDEPLOY, "apply", "--yes"], cwd=project, env=environment, check=True, capture_output=True
            )
            if options.imports:
                for arguments in COMMANDS:
                    report_imports(arguments, import_times(arguments, project, environment, options.runs))
                return
            commands = {PYTHON: ([sys.executable, "-c", "pass"], environment)}
            commands[BASE] = ([sys.executable, "-c", TYPER], environment)
            commands["answer to Tab"] = ([*SCFDEPLOY, *TAB], environment)
            commands[f"{BASE} --help"] = ([sys.executable, "-c", TYPER, "--help"], environment)
            for label, tree in (("", HERE), (" (against)", options.against and options.against.resolve())):
                for arguments in COMMANDS if tree else ():
                    command = [*SCFDEPLOY, *arguments.split()]
                    commands[f"scfdeploy {arguments}{label}"] = (command, {**environment, "PYTHONPATH": str(tree)})
            report(measure(commands, project, options.runs))
        finally:
            server.terminate()
            server.wait()


def write_project(folder: Path) -> Path:
    """One function with a timer."""
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text("def main_handler(event, context):\n    return event\n")
    (folder / "serverless.yml").write_text(PROJECT)
    return folder


def measure(
    commands: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], folder: Path, runs: int
) -> dict[str, list[float]]:
    """User and system CPU milliseconds of each run, after one that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, (command, environment) in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            run = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if run.returncode:
                sys.exit(f"{name} failed: {run.stderr.decode()}")
            times[name].append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return {name: values[1:] for name, values in times.items()}


def import_times(arguments: str, folder: Path, environment: Mapping[str, str], runs: int) -> dict[str, int]:
    """The microseconds of each module of a command without the modules that it imports: the least of all runs."""
    found: dict[str, int] = {}
    command = [sys.executable, "-X", "importtime", *SCFDEPLOY[1:], *arguments.split()]
    for _ in range(runs):
        run = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=True)
        for line in run.stderr.splitlines():
            own, _, name = line.removeprefix("import time:").split("|") if line.count("|") == 2 else ("", "", "")
            if own.strip().isdecimal():
                found[name.strip()] = min(int(own), found.get(name.strip(), int(own)))
    return found


def report_imports(arguments: str, times: Mapping[str, int]) -> None:
    """One row per origin of modules, with their number and their milliseconds."""
    rows: dict[str, list[int]] = {}
    for name, microseconds in times.items():
        package = name.partition(".")[0]
        origin = next((origin for origin, packages in ORIGINS.items() if package in packages), "standard library")
        rows.setdefault(origin, []).append(microseconds)
    print(f"{f'scfdeploy {arguments}':<30}{'modules':>9}{'ms':>9}")
    for origin, values in sorted(rows.items(), key=lambda row: -sum(row[1])):
        print(f"  {origin:<28}{len(values):>9}{sum(values) / 1000:>9.1f}")
    slowest = sorted(times, key=times.__getitem__, reverse=True)[:8]
    print("  " + ", ".join(f"{name} {times[name] / 1000:.1f}" for name in slowest) + "\n")


def report(times: Mapping[str, list[float]]) -> None:
    """One row per command: its times, and their median divided by those of bare Python and the Typer command.

    Help is divided by the help of that command; if it takes more than one and a half times as long, this fails.
    """
    python = statistics.median(times[PYTHON])
    bases = {text: statistics.median(times[text]) for text in (BASE, f"{BASE} --help")}
    slow = []
    print(f"{'command':<30}{'min ms':>9}{'median':>9}{'max':>9}{'x python':>10}{'x typer':>9}")
    for name, values in times.items():
        median = statistics.median(values)
        is_help = name.endswith("--help") or "--help (" in name
        base = bases[f"{BASE} --help" if is_help else BASE]
        slow += [name] if is_help and "(" not in name and median > MOST_FOR_HELP * base else []
        ratios = f"{median / python:>10.2f}{median / base:>9.2f}"
        print(f"{name:<30}{min(values):>9.0f}{median:>9.0f}{max(values):>9.0f}{ratios}")
    if slow:
        sys.exit(f"slower than {MOST_FOR_HELP} times the help of a trivial Typer command: {', '.join(slow)}")


if __name__ == "__main__":
    main()
