"""What packing costs, side by side with `zip -r -q` in one run, and what it costs when nothing changed.

    python benchmarks/packaging.py [--runs 5]

Both programs are measured as whole processes, start-up and all threads included. Neighbours on the machine make single
figures jump: trust the ratio, which comes from runs next to each other, and its spread. Needs `zip` on the path.
"""

from __future__ import annotations

import argparse
import itertools
import os
import pathlib
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

SEED = 20_260
FILES, MEGABYTES = 5_000, 120
UNCHANGED_FILES = 20_000

FORMS = (
    "if ({a}.{b} === '{c}') {{",
    "  return {a}.{b}({c}, {d});",
    "const {a} = require('{b}/{c}');",
    "  // {a} {b} the {c} of {d}",
    "    {a}[{b}] = new {c}({d}.length + {n});",
    "}}",
    "def {a}_{b}(self, {c}):",
)

PACK = """
import pathlib, sys, time
from scfdeploy.diagnostics import Span
from scfdeploy.model import Address, FolderSource
from scfdeploy.packager import PackageCache, pack
source = FolderSource(sys.argv[1], Span.at("serverless.yml"))
start = time.perf_counter()
bundle, found = pack(Address.of_function("default", "f"), source, cache=PackageCache(pathlib.Path(sys.argv[2])))
print(time.perf_counter() - start, bundle.size, *found)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    if shutil.which("zip") is None:
        sys.exit("zip is not installed")
    with tempfile.TemporaryDirectory(prefix="scfdeploy-benchmark-") as place:
        here = pathlib.Path(place)
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, seed {SEED}; making files ...", flush=True)
        side_by_side(here, runs)
        unchanged(here, runs)


def side_by_side(here: pathlib.Path, runs: int) -> None:
    tree, cache, archive = here / "tree", here / "cache", here / "zip.zip"
    make_tree(tree, files=FILES, megabytes=MEGABYTES)
    print(f"\n{FILES} files, {MEGABYTES} MB       scfdeploy          zip -r -q")
    print("run      CPU s  wall s    CPU s  wall s    CPU ratio")
    ratios = []
    for run in range(runs + 1):
        shutil.rmtree(cache, ignore_errors=True)
        archive.unlink(missing_ok=True)
        ours = measure([sys.executable, "-c", PACK, str(tree), str(cache)])
        theirs = measure(["zip", "-r", "-q", str(archive), "."], cwd=tree)
        ratio = ours.cpu_s / theirs.cpu_s
        label = f"{run}" if run else "warm-up"
        print(f"{label:7}  {ours}    {theirs}    {ratio:.3f}")
        if run:
            ratios.append(ratio)
    print(f"CPU ratio: {spread(ratios)}")
    print(f"size: scfdeploy {int(ours.output.split()[1]) / 1e6:.1f} MB, zip {archive.stat().st_size / 1e6:.1f} MB")


def unchanged(here: pathlib.Path, runs: int) -> None:
    tree, cache = here / "many", here / "many-cache"
    make_tree(tree, files=UNCHANGED_FILES, megabytes=40)
    command = [sys.executable, "-c", PACK, str(tree), str(cache)]
    first = measure(command)
    print(f"\n{UNCHANGED_FILES} files, 40 MB: packed the first time in {first.wall_s:.2f} s wall; then, unchanged:")
    print("run     wall s of pack()   whole process: CPU s  wall s")
    walls = []
    for run in range(1, runs + 1):
        again = measure(command)
        walls.append(float(again.output.split()[0]))
        print(f"{run:<7} {walls[-1]:<18.3f} {again.cpu_s:20.3f} {again.wall_s:7.3f}")
    print(f"pack() of unchanged files, seconds: {spread(walls)}")


def spread(figures: list[float]) -> str:
    return f"min {min(figures):.3f}, median {statistics.median(figures):.3f}, max {max(figures):.3f}"


class Measured:
    """One process: its time on all cores, system time included, its time on the clock, and what it printed."""

    def __init__(self, cpu_s: float, wall_s: float, output: str) -> None:
        self.cpu_s, self.wall_s, self.output = cpu_s, wall_s, output

    def __str__(self) -> str:
        return f"{self.cpu_s:5.2f}   {self.wall_s:5.2f}"


def measure(command: list[str], cwd: pathlib.Path | None = None) -> Measured:
    root = pathlib.Path(__file__).resolve().parent.parent
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed")
    return Measured(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, output)


def make_tree(root: pathlib.Path, *, files: int, megabytes: int) -> None:
    """A typical function with its libraries: mostly source and JSON, some machine code, some pictures."""
    chance = random.Random(SEED)
    pools = {
        ".js": source_text(chance, 4_000_000),
        ".py": source_text(chance, 4_000_000),
        ".json": json_text(chance, 2_000_000),
        ".so": machine_code(chance, 4_000_000),
        ".png": chance.randbytes(4_000_000),
    }
    kinds = chance.choices(list(pools), weights=[50, 25, 15, 3, 7], k=files)
    # Most files are small and few are large; libraries in machine code are ten times as large as a module.
    weights = [chance.lognormvariate(0, 1.2) * (10 if kind == ".so" else 1) for kind in kinds]
    scale = megabytes * 1_000_000 / sum(weights)
    for number, (kind, weight) in enumerate(zip(kinds, weights, strict=True)):
        folder = root / f"package{number // 40:03}" / ("lib" if number % 3 else "dist/esm")
        folder.mkdir(parents=True, exist_ok=True)
        pool, size = pools[kind], int(weight * scale)
        start = chance.randrange(len(pool))
        content = pool[start : start + size]
        while len(content) < size:
            content += pool[: size - len(content)]
        (folder / f"module{number:05}{kind}").write_bytes(content)


def source_text(chance: random.Random, size: int) -> bytes:
    syllables = ["re", "quest", "con", "text", "val", "ue", "han", "dle", "str", "in", "get", "set", "call", "er", "ob"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(3_000)]
    common = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(words))))
    lines, length = [], 0
    while length < size:
        a, b, c, d = chance.choices(words, cum_weights=common, k=4)
        form = chance.choice(FORMS)
        lines.append(form.format(a=a, b=b, c=c, d=d, n=chance.randrange(1000)))
        length += len(lines[-1]) + 1
    return "\n".join(lines).encode()


def json_text(chance: random.Random, size: int) -> bytes:
    lines, length = ["{"], 0
    while length < size:
        version = f"{chance.randrange(20)}.{chance.randrange(9)}.0"
        sha = chance.randbytes(24).hex()
        lines.append(f'  "node_modules/pack{chance.randrange(5000)}": {{"version": "{version}", "sha": "{sha}"}},')
        length += len(lines[-1]) + 1
    return "\n".join(lines).encode()


def machine_code(chance: random.Random, size: int) -> bytes:
    """Instructions with a few common opcodes and near addresses, then tables of numbers and names."""
    opcodes = [chance.randbytes(chance.randint(2, 5)) for _ in range(400)]
    common = [1 / (rank + 1) for rank in range(len(opcodes))]
    code = []
    for opcode in chance.choices(opcodes, weights=common, k=size // 10):
        code.append(opcode + struct.pack("<i", chance.randrange(-5_000, 5_000)))
    table = b"".join(struct.pack("<QI", 0x400000 + 16 * n, chance.randrange(200)) for n in range(size // 60))
    return b"\x7fELF" + b"".join(code) + table


if __name__ == "__main__":
    main()
