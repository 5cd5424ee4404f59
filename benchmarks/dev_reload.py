"""How long `dev` takes from the save of a file until the new code answers a request.

    python benchmarks/dev_reload.py [--saves 20] [--functions 1] [--source FILES]

Starts `scfdeploy dev` as a process on a project of its own, saves a file as an editor does (write beside it, rename),
and calls the function until the response is that of the new code. The time includes the watcher's pause, packaging,
deployment and the start of a new process of the function.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HANDLER = "def main_handler(event, context):\n    return {number}\n"
CONFIG = """\
component: scf
name: {name}
app: reload
inputs:
  name: {name}
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  events:
    - http: {{name: url, parameters: {{netConfig: {{enableExtranet: true}}, authType: CAM}}}}
"""
PAUSE_S = 0.002


def write_project(root: Path, functions: int, files: int) -> None:
    for number in range(functions):
        folder = root / f"function-{number}"
        (folder / "src").mkdir(parents=True)
        text = CONFIG.format(name=f"function-{number}")
        (folder / "serverless.yml").write_text(text)
        (folder / "src" / "index.py").write_text(HANDLER.format(number=0))
        for other in range(files):
            (folder / "src" / f"module_{other}.py").write_text(f"VALUE = {other}\n" * 20)


def save(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.swp")
    part.write_text(text)
    part.replace(path)


def answer(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as response:
        return bytes(response.read())


def measure(url: str, path: Path, number: int) -> float:
    text = HANDLER.format(number=number)
    began = time.perf_counter()
    save(path, text)
    while answer(url) != str(number).encode():
        time.sleep(PAUSE_S)  # noqa: TID251 - the server must have time to notice the change
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--functions", type=int, default=1)
    parser.add_argument("--source", type=int, default=0, help="further files of each function")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, options.functions, options.source)
        command = [sys.executable, "-m", "scfdeploy", "dev", "--port", "0", folder]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        with subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            url = next(line.split()[1] for line in process.stdout if line.startswith("ready: "))
            path = root / url.rpartition("/")[2] / "src" / "index.py"
            threading.Thread(target=process.stdout.read, daemon=True).start()
            answer(url)
            times = [measure(url, path, number) for number in range(1, options.saves + 1)]
            process.terminate()
    print(
        f"{options.functions} functions, {options.source + 1} files each, {options.saves} saves: "
        f"median {statistics.median(times):.3f} s, slowest {max(times):.3f} s"
    )


if __name__ == "__main__":
    main()
