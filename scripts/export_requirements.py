"""Writes the lists of what pipelines install beside scfdeploy, each file with its hash, from uv.lock.

Run it after every change of uv.lock: python scripts/export_requirements.py. The lists in the package go with it, so a
pipeline that pins scfdeploy by a commit or a hash pins them too. Needs uv.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = "scfdeploy/scaffold/requirements"
LISTS = {
    f"{FOLDER}/build.txt": ("# Builds scfdeploy.", ("--only-group", "build")),
    f"{FOLDER}/runtime.txt": ("# What scfdeploy needs to run.", ("--no-dev", "--no-emit-project")),
    ".ci/uv.txt": ("# Sets up the environments of CI.", ("--only-group", "ci")),
}


def main() -> None:
    """Write every list."""
    for name, (title, options) in LISTS.items():
        words = ["uv", "export", "--quiet", "--locked", "--no-annotate", "--no-header", "--format", "requirements-txt"]
        done = subprocess.run([*words, *options], cwd=ROOT, check=True, capture_output=True, text=True)
        head = f"{title} Written by scripts/export_requirements.py from uv.lock; do not edit.\n"
        (ROOT / name).write_text(head + done.stdout, encoding="utf-8")


if __name__ == "__main__":
    main()
