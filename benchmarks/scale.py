"""How time, memory and calls grow with the size of a project, and what other tools take for the same.

    python benchmarks/scale.py [--quick] [--functions N]... [--files N]... [--events N]... [--peers FOLDER]

Writes docs/performance.json, and from it docs/performance.md and its picture. Without a size or `--peers`, it measures
all sizes and the other tools that it finds; with one, only that, and keeps the other figures. `--quick` measures small
sizes and writes into a temporary folder, to see that all of it works.

functions
    `validate`, the first `apply`, and then `plan` and `apply` of what is unchanged, and of one function with new code,
    against a local server in a process of its own.
files
    `build` of one function, the first time and unchanged, beside `zip -r -q` of the same files.
events
    `simulate` with scripted outcomes.
peers
    The same projects, written for aws-sam-cli, chalice and osls, checked and packaged by these. FOLDER has what

        python -m venv FOLDER && FOLDER/bin/pip install aws-sam-cli==1.170.0 chalice==1.34.0
        npm install --prefix FOLDER osls@4.3.1

    install; build/peers by default. A tool that is not there is left out.

Run it on a machine that does nothing else: all sizes take about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counted_server import CountedServer, counted_server
from deploying import ACTIVATION_S, LATENCY_S, SCFDEPLOY, first_apply_s, full_plan_s, rows_s
from peer_projects import PEERS, find_peers, remove_results, tasks, write_peer_projects
from processes import Usage, bare_python_s, run

from scfdeploy.providers.retry import documented_rate
from scfdeploy.providers.tencent.transport.paging import PAGE_SIZE

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = ("functions", "files", "events", "peers")
FUNCTIONS = (1, 10, 100, 1000, 5000)
FILES = (10, 100, 1000, 10_000, 50_000, 200_000)
EVENTS = (10_000, 100_000, 1_000_000)
SPEEDS = {("plan, full", 5000): 4}
"""How many times as fast as the machine's the clock of a command goes at a size; 1 for all others."""
RUNS = {1: 3, 10: 3}
"""How often a size is measured; the median counts. Once for all other sizes."""
BYTES_PER_FILE = 2000
CHANGES = 4
"""Exit code of `plan --detailed-exitcode` when there are changes."""
FUNCTION = """\
component: scf
name: f{number}
app: scale
inputs:
  name: f{number}
  namespace: {namespace}
  region: ap-guangzhou
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  memorySize: 128
  timeout: 10
  environment: {{variables: {{NUMBER: "{number}"}}}}
  events:
    - timer: {{parameters: {{name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}}}
"""
CODE = "def main_handler(event, context):\n    return {number}\n"
PACKAGE = """\
component: scf
name: packed
inputs: {name: packed, region: ap-guangzhou, src: ./src, runtime: Python3.10, handler: index.main_handler}
"""
_MAKE_TREE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from packaging import make_tree
make_tree(pathlib.Path(sys.argv[2]), files=int(sys.argv[3]), megabytes=int(sys.argv[3]) * int(sys.argv[4]) / 1e6)
"""


@dataclass(frozen=True)
class Command:
    """A command of the functions section, and the least time that it can take."""

    name: str
    arguments: tuple[str, ...]
    floor_s: Callable[[int], float] | None = None
    exit_codes: tuple[int, ...] = (0,)


def list_s(count: int) -> float:
    """The pages of a list of functions."""
    return LATENCY_S + rows_s(math.ceil(count / PAGE_SIZE), "ListFunctions")


def one_change_s(count: int) -> float:
    """The list, a read of the function, an update, its activation, and one read."""
    return list_s(count) + 3 * LATENCY_S + ACTIVATION_S


FULL, CHANGED = ("--refresh", "full"), ("--refresh", "changed")
PLAN, APPLY = ("plan", "--detailed-exitcode"), ("apply", "--yes")
COMMANDS = (
    Command("validate", ("validate",)),
    Command("first apply", APPLY, first_apply_s),
    Command("plan, full", (*PLAN, *FULL), full_plan_s),
    Command("plan, changed", (*PLAN, *CHANGED), list_s),
)
AFTER_CHANGE = (
    Command("plan of one change", (*PLAN, *CHANGED), lambda count: list_s(count) + LATENCY_S, (CHANGES,)),
    Command("apply of one change", (*APPLY, *CHANGED), one_change_s),
)


def main() -> None:
    """Measure what was asked for, and write figures, page and picture."""
    options = parse_arguments()
    peers = options.peers or ROOT / "build" / "peers"
    quick = options.quick
    chosen: dict[str, Callable[[], dict[str, Any]]] = {}
    is_partial = bool(options.functions or options.files or options.events or options.peers)
    if options.functions or not is_partial:
        counts = options.functions or (FUNCTIONS[:2] if quick else FUNCTIONS)
        chosen["functions"] = lambda: functions_section(counts, speeds={("plan, full", 10): 2} if quick else SPEEDS)
    if options.files or not is_partial:
        chosen["files"] = lambda: files_section(options.files or (FILES[:2] if quick else FILES))
    if options.events or not is_partial:
        chosen["events"] = lambda: events_section(options.events or ((1000,) if quick else EVENTS))
    if not is_partial and not quick and not find_peers(peers).keys() - {"zip"}:
        print(f"No other tools in {peers}: their figures are kept.")
    elif options.peers or not is_partial:
        sizes = ((1, 2), 20) if quick else ((1, 10, 100), 1000)
        chosen["peers"] = lambda: peers_section(peers, *sizes)
    with tempfile.TemporaryDirectory() as folder:
        kept = ROOT / "docs" / "performance.json"
        target = Path(folder) if quick else kept.parent
        figures = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        for name, measure in chosen.items():
            print(f"{name}:", flush=True)
            section = measure()
            figures[name] = merge_rows(figures.get(name, {}), section) if is_partial else section
            figures["machine"] = machine()
            text = json.dumps(figures, indent=1, sort_keys=True) + "\n"
            (target / kept.name).write_text(text, encoding="utf-8")
        if set(SECTIONS) <= figures.keys():
            subprocess.run([sys.executable, ROOT / "scripts" / "generate_performance_page.py", target], check=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, written into a temporary folder")
    for name, default in (("functions", FUNCTIONS), ("files", FILES), ("events", EVENTS)):
        text = f"only this number of {name}; repeatable (all: {', '.join(map(str, default))})"
        parser.add_argument(f"--{name}", type=int, action="append", metavar="N", help=text)
    parser.add_argument(
        "--peers", type=Path, metavar="FOLDER", help="only the comparison with the tools in this folder"
    )
    return parser.parse_args()


def machine() -> dict[str, Any]:
    """What figures depend on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def merge_rows(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The section with new rows in place of old ones of the same size."""
    rows = {row["size"]: row for row in (*old.get("rows", ()), *new["rows"])}
    return {**new, "rows": [rows[size] for size in sorted(rows, key=str if "programs" in new else None)]}


def section(rows: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """A section of the figures; the time of a bare Python is measured beside it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bare"
        place.mkdir()
        bare = bare_python_s(place)
    return {"measured": datetime.now(UTC).date().isoformat(), "bare_python_s": round(bare, 4), "rows": rows, **more}


def functions_section(counts: Sequence[int], speeds: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    rows = []
    for count in counts:
        load = busy()
        runs = [measure_functions(count, speeds) for _ in range(RUNS.get(count, 1))]
        commands = {name: median_of([one[name] for one in runs]) for name in runs[0]}
        rows.append({"size": count, "load": load, "runs": len(runs), "commands": commands})
        for name, figures in commands.items():
            show(f"{count} functions: {name}", figures)
    rates = {action: documented_rate(action) for action in ("GetFunction", "ListTriggers")}
    return section(rows, latency_s=LATENCY_S, activation_s=ACTIVATION_S, rates_per_s=rates)


def measure_functions(count: int, speeds: Mapping[tuple[str, int], int]) -> dict[str, dict[str, Any]]:
    """The figures of each command."""
    with tempfile.TemporaryDirectory() as place, counted_server() as server:
        project = write_functions(Path(place) / "project", count)
        environment = environment_for(Path(place), SCFDEPLOY_ENDPOINT=server.url)

        def measure(command: Command) -> dict[str, Any]:
            speed = speeds.get((command.name, count), 1)
            return measure_command(command, project, environment, server, count, speed)

        found = {command.name: measure(command) for command in COMMANDS}
        (project / "f0" / "src" / "index.py").write_text(CODE.format(number=-1))
        return found | {command.name: measure(command) for command in AFTER_CHANGE}


def measure_command(
    command: Command, project: Path, environment: Mapping[str, str], server: CountedServer, count: int, speed: int
) -> dict[str, Any]:
    """The figures of one command; its time is that of its own clock, which goes `speed` times as fast."""
    program = [SCFDEPLOY] if speed == 1 else [sys.executable, ROOT / "benchmarks" / "fast_clock.py", str(speed)]
    server.forget_calls()
    used = run([*program, *command.arguments], project, environment, exit_codes=command.exit_codes)
    figures = figures_of(used) | {"wall_s": round(used.wall_s * speed, 3)}
    if command.floor_s is not None:
        figures |= {"floor_s": round(command.floor_s(count), 3), "calls": server.calls()}
    return figures | ({"speed": speed} if speed > 1 else {})


def write_functions(project: Path, count: int) -> Path:
    """One folder for each function."""
    for number in range(count):
        folder = project / f"f{number}"
        (folder / "src").mkdir(parents=True)
        # A namespace has 1,000 functions at most, a region five namespaces.
        namespace = f"n{number // 1000}" if number >= 1000 else "default"
        (folder / "serverless.yml").write_text(FUNCTION.format(number=number, namespace=namespace))
        (folder / "src" / "index.py").write_text(CODE.format(number=number))
    return project


def environment_for(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a command: nothing of the user's."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def files_section(sizes: Sequence[int]) -> dict[str, Any]:
    rows = []
    for size in sizes:
        load = busy()
        with tempfile.TemporaryDirectory() as place:
            project, archive = Path(place) / "project", Path(place) / "zip.zip"
            make_tree(project / "src", size)
            (project / "serverless.yml").write_text(PACKAGE)
            environment = environment_for(Path(place))
            build = [SCFDEPLOY, "build", "--no-build"]
            programs = {
                "build": run(build, project, environment),
                "build, unchanged": run(build, project, environment),
                "zip": run(["zip", "-r", "-q", archive, "."], project / "src", environment),
            }
        found = {name: figures_of(used) for name, used in programs.items()}
        rows.append({"size": size, "load": load, "megabytes": round(size * BYTES_PER_FILE / 1e6, 2), "commands": found})
        for name, figures in found.items():
            show(f"{size} files: {name}", figures)
    return section(rows)


def make_tree(folder: Path, files: int) -> None:
    """Write files like those of a function with its libraries, one of them the handler."""
    folder.mkdir(parents=True)
    # In a process of its own, whose memory is not held here: see Usage.memory_mb.
    command = [sys.executable, "-c", _MAKE_TREE, ROOT / "benchmarks", folder, str(files - 1), str(BYTES_PER_FILE)]
    subprocess.run(command, check=True)
    (folder / "index.py").write_text(CODE.format(number=0))


def events_section(sizes: Sequence[int]) -> dict[str, Any]:
    from simulate import scenario

    rows = []
    for size in sizes:
        load = busy()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "scenario"
            folder.mkdir()
            (folder / "scenario.yml").write_text(scenario(size))
            used = run([SCFDEPLOY, "simulate", "scenario.yml"], folder, environment_for(Path(place)))
        rows.append({"size": size, "load": load, "commands": {"simulate": figures_of(used)}})
        show(f"{size} events", figures_of(used))
    return section(rows)


def peers_section(peers: Path, counts: Sequence[int], files: int) -> dict[str, Any]:
    """Each task by each tool that has it and is there, one after the other."""
    with tempfile.TemporaryDirectory() as place:
        programs = {"scfdeploy": (SCFDEPLOY,), **find_peers(peers)}
        folder = Path(place)
        environment = environment_for(folder, **{name: value for peer in PEERS for name, value in peer.environment})
        environment["PATH"] = os.pathsep.join(
            [str(peers / "bin"), str(Path(sys.executable).parent), environment["PATH"]]
        )
        write_peer_projects(
            folder / "projects", counts, lambda target: make_tree(target, files), write_functions, PACKAGE
        )
        rows = []
        for task in tasks(counts):
            found, load = {}, busy()
            for tool, arguments in task.arguments.items():
                if tool not in programs:
                    continue
                project = folder / "projects" / task.project / tool
                runs = []
                for _ in range(task.runs):
                    remove_results(project)
                    runs.append(figures_of(run([*programs[tool], *arguments], project, environment)))
                found[tool] = median_of(runs)
                show(f"{task.name.format(files=files)}: {tool}", found[tool])
            rows.append({"size": task.name.format(files=files), "load": load, "commands": found})
    return section(rows, versions={peer.name: peer.version for peer in PEERS if peer.name in programs})


def busy() -> float:
    """How many processes wanted a core in the last minute."""
    return round(os.getloadavg()[0], 1)


def figures_of(used: Usage) -> dict[str, Any]:
    return {"wall_s": round(used.wall_s, 3), "cpu_s": round(used.cpu_s, 3), "memory_mb": round(used.memory_mb)}


def median_of(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures with the median of each time; the calls are those of the first run."""
    names = ("wall_s", "cpu_s", "memory_mb")
    return runs[0] | {name: round(statistics.median(run[name] for run in runs), 3) for name in names}


def show(name: str, figures: Mapping[str, Any]) -> None:
    floor = f"  floor {figures['floor_s']:.2f} s" if "floor_s" in figures else ""
    text = f"{figures['wall_s']:9.2f} s  {figures['cpu_s']:8.2f} CPU s  {figures['memory_mb']:5.0f} MB{floor}"
    print(f"  {name:<48}{text}", flush=True)


if __name__ == "__main__":
    main()
