"""`explain` reads tables: it needs no cloud."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from scfdeploy.operations.explain import explain

explain("ResourceInUse")
print([name for name in ("tencentcloud", "requests", "rich", "jinja2", "scfdeploy.emulator") if name in sys.modules])
"""


def test_explaining_loads_no_cloud_library() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
