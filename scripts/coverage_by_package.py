"""Print line and branch coverage by package; exit 1 if a package has too little branch coverage.

Run it after `pytest --cov`, or both with `make coverage`. The packages and the limit are in `pyproject.toml` under
`tool.coverage-by-package`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
_COUNTED = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def main() -> int:
    """Print the table and the packages below the limit."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage-by-package"]
    packages: dict[str, Counter[str]] = {package: Counter() for package in asked["packages"]}
    for path, found in _files().items():
        package = PurePosixPath(path).parts[1]
        if package in packages:
            packages[package].update({name: found["summary"][name] for name in _COUNTED})
    print("package        lines               branches")
    for package, count in packages.items():
        print(f"{package:<10}  {_share(count, 'lines'):<18}  {_share(count, 'branches')}")
    least = asked["branches"]
    short = [package for package, count in packages.items() if _percent(count, "branches") < least]
    if short:
        print(f"fewer than {least} % of the branches: {', '.join(short)}", file=sys.stderr)
    return 1 if short else 0


def _files() -> dict[str, dict[str, dict[str, int]]]:
    made = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "-"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    files: dict[str, dict[str, dict[str, int]]] = json.loads(made.stdout)["files"]
    return files


def _share(count: Counter[str], what: str) -> str:
    all_of_them = count["num_statements" if what == "lines" else "num_branches"]
    return f"{_percent(count, what):6.2f} % of {all_of_them}"


def _percent(count: Counter[str], what: str) -> float:
    """Zero for a package without files, so that a misspelt name fails."""
    all_of_them = count["num_statements" if what == "lines" else "num_branches"]
    return 100 * count[f"covered_{what}"] / all_of_them if all_of_them else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
