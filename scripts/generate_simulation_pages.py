"""Refresh docs/how-to/simulations/: the scenarios of examples/ and what `scfdeploy simulate` prints for them.

A block that begins with ```` ```yaml examples/NAME.yml ```` gets the text of that file. A block that begins with
```` ```console ```` gets the output of each of its lines `$ scfdeploy …`; with `timeline=N` a longer timeline is
shortened to its first and last lines. The text around the blocks stays.

Run it from the root of the repository after an example or the output changed:
python scripts/generate_simulation_pages.py
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "how-to" / "simulations"
_BLOCK = re.compile(r"^```(yaml|console) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = "$ scfdeploy "


def refreshed(page: str, run: Callable[[list[str]], str]) -> str:
    """The page with present blocks; `run` returns what a command line, without `scfdeploy`, prints."""

    def block(match: re.Match[str]) -> str:
        language, parameter, old = match.groups()
        if language == "yaml":
            text = (ROOT / parameter).read_text(encoding="utf-8") if parameter else old
        else:
            most = int(parameter.removeprefix("timeline=") or 0)
            commands = [line for line in old.splitlines() if line.startswith(_PROMPT)]
            text = "".join(
                f"{command}\n{_shortened(run(shlex.split(command.removeprefix(_PROMPT))), most)}"
                for command in commands
            )
        return f"```{language}{' ' if parameter else ''}{parameter}\n{text}```"

    return _BLOCK.sub(block, page)


def _shortened(output: str, most: int) -> str:
    timeline, blank, rest = output.partition("\n\n")
    lines = timeline.splitlines()
    if not most or len(lines) <= most:
        return output
    half = most // 2
    return "\n".join([*lines[:half], "…", *lines[-half:]]) + blank + rest


def _run(arguments: list[str]) -> str:
    """Run in the root of the repository, like a reader who has cloned it. Exit code 1 is a result: a loop."""
    program = [sys.executable, "-m", "scfdeploy", *arguments]
    done = subprocess.run(program, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{shlex.join(arguments)} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


if __name__ == "__main__":
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(refreshed(path.read_text(encoding="utf-8"), _run), encoding="utf-8")
