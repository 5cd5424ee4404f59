"""What a command loads: start-up time is a promise, and imports are what it is made of."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.local_server import local_server

HEAVY = ("tencentcloud", "requests", "pydantic", "jinja2", "scfdeploy.emulator", "xml", "rich", "cryptography")
PROBE = """
import json, sys
sys.argv = ["scfdeploy", *{arguments!r}]
from scfdeploy.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("\\nLOADED" + json.dumps(sorted(sys.modules)))
"""
PROJECT = """\
component: scf
name: hello
inputs:
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  memorySize: 128
"""


def loaded_by(arguments: list[str], folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    return set(json.loads(done.stderr.rpartition("LOADED")[2]))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def main_handler(event, context):\n    return 'hello'\n")
    (tmp_path / "serverless.yml").write_text(PROJECT)
    return tmp_path


TIMER = """\
  events:
    - timer:
        parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}
"""
WRITING = ("changes", "kinds", "precondition", "cos", "resources.function_writer", "resources.function_status")
NOT_FOR_PLAN = {
    *("scfdeploy.facts.errors", "scfdeploy.facts.frameworks", "scfdeploy.facts.hosts"),
    *("scfdeploy.config.bootstrap", "scfdeploy.config.api_gateway", "scfdeploy.config.yaml.recovery.indent"),
    *("scfdeploy.packager.archive", "scfdeploy.workspace.lock", "scfdeploy.plan.destroy", "scfdeploy.plan.document"),
    *("scfdeploy.plan.resources.alias", "scfdeploy.plan.resources.concurrency"),
    *("scfdeploy.providers.event_source", "scfdeploy.providers.invocation", "scfdeploy.providers.log_source"),
    *(f"scfdeploy.providers.tencent.{name}" for name in WRITING),
    *(f"scfdeploy.providers.tencent.resources.{name}" for name in ("aliases", "domains", "layers", "versions")),
    *("scfdeploy.providers.tencent.triggers.clb", "scfdeploy.providers.tencent.triggers.mps"),
    *("scfdeploy.report.text.findings", "scfdeploy.report.text.groups.similar_changes"),
}


@pytest.mark.parametrize("arguments", [["--version"], ["validate"], ["validate", "--format", "json"]])
def test_offline_commands_load_no_heavy_library(arguments: list[str], project: Path) -> None:
    loaded = loaded_by(arguments, project)

    assert "scfdeploy.cli" in loaded
    assert [name for name in HEAVY if name in loaded] == []
    assert [name for name in loaded if name.startswith("scfdeploy.results.")] == []


@pytest.mark.parametrize("arguments", [["validate"], ["plan", "--help"], ["nothing"], ["explain", "430"]])
def test_english_loads_no_translation(arguments: list[str], project: Path) -> None:
    loaded = loaded_by(arguments, project)
    translations = {f"scfdeploy.cli.{name}" for name in ("language", "help_layout", "usage_errors")}
    translations.add("scfdeploy.diagnostics.chinese_spacing")

    assert loaded & translations == set()
    assert "scfdeploy.cli.language" in loaded_by([*arguments, "--lang", "zh"], project)


@pytest.mark.parametrize("arguments", [["validate"], ["validate", "--format", "json"], ["plan"], ["apply", "--yes"]])
def test_plain_arguments_load_no_command_line_library(arguments: list[str], project: Path) -> None:
    loaded = loaded_by(arguments, project)

    # Nor what compiles functions for each data class. With Python 3.12 and later, urllib3 loads `inspect`.
    assert {"typer", "dataclasses"} & loaded == set()
    assert "inspect" not in loaded or "urllib3" in loaded


def test_unchanged_plan_loads_nothing_that_writes_or_that_only_other_projects_need(project: Path) -> None:
    (project / "serverless.yml").write_text(PROJECT + TIMER)
    with local_server() as server:
        assert "scfdeploy.providers.tencent.changes" in loaded_by(["apply", "--yes", "--endpoint", server.url], project)
        loaded = loaded_by(["plan", "--endpoint", server.url], project)

    assert "scfdeploy.providers.tencent.provider" in loaded
    assert NOT_FOR_PLAN & loaded == set()
    assert [name for name in loaded if name.startswith("scfdeploy.results.")] == []
    assert [name for name in NOT_FOR_PLAN if find_spec(name) is None] == []


def test_simulation_of_outcomes_loads_nothing_that_runs_functions(project: Path) -> None:
    loaded = loaded_by(["simulate", "--outcomes", "430,200"], project)

    assert "scfdeploy.operations.simulate.simulation" in loaded
    assert {"scfdeploy.providers.tencent", "scfdeploy.apply", "scfdeploy.packager", "http.server"} & loaded == set()


def test_the_version_loads_no_command_line_library(project: Path) -> None:
    assert "typer" not in loaded_by(["--version"], project)


def test_importing_the_command_line_loads_no_cloud_library(project: Path) -> None:
    loaded = loaded_by(["validate", "--help"], project)

    assert [name for name in HEAVY if name in loaded] == []
