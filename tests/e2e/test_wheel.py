"""The wheel as users get it: built, installed into an empty environment, run as a process."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.documentation import Reader, read_page
from tests.support.shared import shared_folder

ROOT = Path(__file__).parents[2]
INIT_ALL = """
import sys
from scfdeploy.cli.app import app
for name in sys.argv[1:]:
    try:
        app(["init", name, "--template", name])
    except SystemExit as ending:
        if ending.code:
            raise
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scfdeploy command of a new environment that has the wheel, and this one's libraries for the rest."""
    return shared_folder(tmp_path_factory, "environment of the wheel", install) / "venv" / "bin" / "scfdeploy"


def install(folder: Path) -> None:
    # What is run is compiled then; pip would compile everything.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT])
    (wheel,) = folder.glob("scfdeploy-*.whl")
    run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"])
    python = folder / "venv" / "bin" / "python"
    run([*pip, "--python", python, "install", "--no-compile", "--no-deps", "--no-index", wheel])
    (site,) = (folder / "venv").glob("lib/python3*/site-packages")
    # A path after its own: the libraries come from here, scfdeploy from the wheel.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")


def run(command: list[object], **settings: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_a_new_project_goes_its_whole_way(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C"}

    def scfdeploy(*arguments: str) -> str:
        return run([installed, *arguments], cwd=tmp_path, env=environment).stdout

    scfdeploy("init", "hello")
    scfdeploy("validate", "hello")
    scfdeploy("apply", "hello", "--local", "--yes")
    invoked = scfdeploy("invoke", "--path", "hello", "--local", "--data", '{"name": "Ada"}', "--format", "json")
    scfdeploy("plan", "hello", "--local", "--detailed-exitcode")
    status = scfdeploy("status", "hello", "--local", "--format", "json")
    scfdeploy("destroy", "hello", "--local", "--yes")

    assert "Ada" in json.dumps(json.loads(invoked)["result"])
    assert json.loads(status)["functions"][0]["state"] == "Active"


def test_every_template_is_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C"}
    listed = run([installed, "init", "--list"], cwd=tmp_path, env=environment).stdout
    names = [line.split()[0] for line in listed.splitlines()]
    assert sorted(names) == sorted(path.parent.name for path in (ROOT / "templates" / "init").glob("*/template.toml"))
    # In one process: each would load the same modules.
    run([installed.with_name("python"), "-c", INIT_ALL, *names], cwd=tmp_path, env=environment)
    for name in names:
        written = {path.relative_to(tmp_path / name).as_posix() for path in (tmp_path / name).rglob("*.*")}
        assert {".gitignore", ".env.example", "README.md", "serverless.yml"} < written


def test_schemas_of_documents_are_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C"}
    printed = run([installed, "schema", "--document", "plan"], cwd=tmp_path, env=environment).stdout
    assert json.loads(printed) == json.loads((ROOT / "schemas" / "plan.schema.json").read_text("utf-8"))


def test_the_version_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    from scfdeploy import __version__

    assert run([installed, "--version"], cwd=tmp_path).stdout == f"scfdeploy {__version__}\n"


def test_first_lesson_is_followed_with_the_installed_program(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read_page((ROOT / "docs" / "tutorial" / "first-function.md").read_text(encoding="utf-8"))
    folder = tmp_path / "folder"
    folder.mkdir()
    # Nothing of this checkout is found from there.
    monkeypatch.delenv("PYTHONPATH", raising=False)

    done = Reader(folder, monkeypatch, {"HOME": str(tmp_path), "LANG": "C"}, installed).follow(page)

    assert sum(command.startswith("scfdeploy") for command in done) > 8
