"""Fuzzes targets one after the other: `python -m tests.fuzz [TARGET]... [--seconds N] [--seed S]`.

What is found stays in `.fuzz/TARGET/`. Exit code 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.registry import names

ROOT = Path(__file__).parent.parent.parent
_FOUND = ROOT / ".fuzz"
_LONGEST_TRACE = 30


def main() -> int:
    """Fuzz what the command line names, or all."""
    options = _options()
    if importlib.util.find_spec("atheris") is None:
        print("nothing is fuzzed: atheris is not installed (it has wheels for Linux on x86-64); see CONTRIBUTING.md")
        return 0
    broken = [name for name in options.targets or names() if not _holds(name, options.seconds, options.seed)]
    if broken:
        print(f"broken: {', '.join(broken)}. Put the input into tests/fuzz/seeds/TARGET/crash-WHAT, and mend it.")
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Try inputs of chance, led by coverage.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(names())}; all by default")
    parser.add_argument("--seconds", type=int, default=30, help="for each target (30)")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins (1)")
    options = parser.parse_args()
    unknown = sorted({*options.targets} - {*names()})
    if unknown:
        parser.error(f"there is no target {', '.join(unknown)}")
    return options


def _holds(name: str, seconds: int, seed: int) -> bool:
    """Fuzz one target and print a line; False, and how it was broken, when an input broke a promise."""
    folder = _FOUND / name
    limits = [f"-max_total_time={seconds}", f"-seed={seed}", "-rss_limit_mb=2048", "-print_final_stats=1"]
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(folder), *limits]
    # The fuzzer ends its process without any farewell: what lies in its temporary folder is removed here.
    with tempfile.TemporaryDirectory() as temporary:
        ran = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"TMPDIR": temporary},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log").write_text(ran.stdout, encoding="utf-8")
    tried = [int(number) for number in re.findall(r"^#(\d+)\t", ran.stdout, re.MULTILINE)]
    edges = [int(number) for number in re.findall(r" cov: (\d+)", ran.stdout)]
    kept = re.findall(r" corp: (\d+)", ran.stdout)
    print(
        f"{name}: {max(tried, default=0)} inputs, {max(edges, default=0)} edges, {kept[-1] if kept else 0} kept,"
        f" {'no promise broken' if ran.returncode == 0 else 'BROKEN'}",
        flush=True,
    )
    if ran.returncode:
        lines = [line for line in ran.stdout.splitlines() if not line.startswith("#")]
        print("\n".join(f"    {line}" for line in lines[-_LONGEST_TRACE:]))
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
