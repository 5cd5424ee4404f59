"""Who executes plans: one place, which removes the notes of what it changes, and needs the lock of the project."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "scfdeploy"
IMPORTS = re.compile(r"^\s*from scfdeploy\.apply(\.run)? import .*\brun\b|\bimport scfdeploy\.apply\b", re.MULTILINE)
KNOWN = {
    "apply/__init__.py",
    "operations/apply.py",
    "operations/simulate/local_functions.py",  # on a local server that only this process knows
}


def test_plans_are_executed_in_one_place() -> None:
    modules = ROOT.rglob("*.py")
    found = {path.relative_to(ROOT).as_posix() for path in modules if IMPORTS.search(path.read_text(encoding="utf-8"))}
    assert found == KNOWN
