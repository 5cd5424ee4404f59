"""The modules that loading a project imports, which determine the start-up time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.configured import HEAD, Workspace

ROOT = Path(__file__).parents[3]


def loaded_by(code: str, cwd: Path) -> set[str]:
    """The modules that are imported after running this code."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}; print(*sys.modules, sep='\\n')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=cwd)
    return set(ran.stdout.splitlines())


def test_importing_loads_no_heavy_library(tmp_path: Path) -> None:
    modules = loaded_by("import scfdeploy.config", tmp_path)
    assert modules.isdisjoint({"ruamel.yaml", "dotenv", "difflib", "requests", "rich", "jinja2", "pathlib", "logging"})


def test_valid_file_imports_only_yaml_library(workspace: Workspace) -> None:
    workspace.write("serverless.yml", HEAD)
    code = "from scfdeploy.config import LoadOptions, load_project; load_project('.', LoadOptions())"
    modules = loaded_by(code, workspace.root)
    assert "ruamel.yaml" in modules
    assert modules.isdisjoint({"dotenv", "difflib", "requests", "rich", "scfdeploy.config.yaml.recovery.repair"})
