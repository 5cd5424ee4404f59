from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from scfdeploy.results import Findings, Validated
from scfdeploy.report.text import render_text

render_text(Validated(Findings(), ok=True), color=True, width=80)
heavy = ("rich", "jinja2", "scfdeploy.plan", "scfdeploy.apply", "scfdeploy.providers", "scfdeploy.report.document")
print([name for name in heavy if name in sys.modules])
"""


def test_rendering_findings_imports_no_modules_of_other_commands() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
