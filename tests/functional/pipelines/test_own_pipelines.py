"""This project's own workflows and Jenkinsfile, really run on a copy of what is in the repository.

Two things are not done again within the tests: setting up `.venv` (the one that runs the tests is lent), and the tests
themselves (`make test` only says what it would do).
"""

import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from scfdeploy import __version__
from tests.functional.pipelines.conftest import MakeRunner
from tests.support.jenkins_steps import Agent
from tests.support.machine import put_python
from tests.support.pipeline_run import Event, Run, push
from tests.support.preloaded_command import start_command

ROOT = Path(__file__).parents[3]
WORKFLOWS = ROOT / ".github" / "workflows"
LEFT_OUT = {".git", ".venv", "__pycache__", ".hypothesis", "tests", "docs", "dist", ".scfdeploy"}
MAKE = """\
#!/bin/sh
case $1 in
test | unit) exec {make} -n "$@" ;;
*) exec {make} "$@" ;;
esac
"""

SAYING = """\
#!/bin/sh
echo "${0##*/}" "$@" >&2
while [ $# -gt 0 ]; do
  [ "$1" != --output-file ] || echo "{}" > "$2"
  shift
done
"""


def left_out(_folder: str, names: list[str]) -> set[str]:
    """What is no part of a checkout, or is not needed. Patterns would take most of the time of a copy."""
    return {name for name in names if name in LEFT_OUT or name.endswith("_cache")}


def checkout(folder: Path) -> None:
    """The files of this project, and its environment where `make` looks for one."""
    shutil.copytree(ROOT, folder, ignore=left_out, dirs_exist_ok=True)
    shutil.copy(ROOT / ".gitignore", folder)
    bin_folder = folder / ".venv" / "bin"
    bin_folder.mkdir(parents=True, exist_ok=True)
    for name, start in (("scfdeploy", start_command()), ("hatchling", f'"{sys.executable}" -m hatchling')):
        program = bin_folder / name
        program.unlink(missing_ok=True)
        program.write_text(f'#!/bin/sh\nexec {start} "$@"\n')
        program.chmod(0o755)
    put_python(bin_folder / "python")
    (folder / ".venv" / ".installed").touch()


@pytest.fixture(name="machine")
def a_machine(host: Mapping[str, str], tmp_path: Path) -> Mapping[str, str]:
    """A machine with `make` and without a Python of its own; it uses this project as it stands."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "make").write_text(MAKE.format(make=make))
    (tmp_path / "bin" / "make").chmod(0o755)
    # They only say what they would do, and the file that uv would write is there.
    for name in ("uv", "gh"):
        (tmp_path / "bin" / name).write_text(SAYING)
        (tmp_path / "bin" / name).chmod(0o755)
    path = f"{tmp_path / 'bin'}:{host['PATH']}"
    return {key: value for key, value in {**host, "PATH": path}.items() if key != "SCFDEPLOY_ENDPOINT"}


def run(runner: MakeRunner, machine: Mapping[str, str], workflow: str, *jobs: str, event: Event | None = None) -> Run:
    return runner(event or push(), checkout=checkout, host=machine).run(WORKFLOWS / workflow, only=jobs)


def test_checks_run_everything_that_make_test_runs_on_each_python(
    runner: MakeRunner, machine: Mapping[str, str]
) -> None:
    done = run(runner, machine, "test.yml", "checks")

    assert done.ok, done.raw
    assert len(done.jobs) == 4
    for word in ("ruff check", "mypy", "lint-imports", "pytest"):
        assert word in done.jobs["checks-0"].raw


def test_tests_run_with_the_lowest_and_with_the_locked_versions(runner: MakeRunner, machine: Mapping[str, str]) -> None:
    done = run(runner, machine, "test.yml", "dependencies")

    assert done.ok, done.raw
    lowest, locked = done.jobs["dependencies-0"].raw, done.jobs["dependencies-1"].raw
    assert re.search(r"uv pip compile .*--resolution lowest-direct", lowest)
    assert re.search(r"uv sync .*--locked", locked)
    for said in (lowest, locked):
        assert re.search(r"pip .*--require-hashes .*--requirement \.ci/uv\.txt", said)
        assert "pytest" in said


def test_the_demo_runs(runner: MakeRunner, machine: Mapping[str, str]) -> None:
    done = run(runner, machine, "test.yml", "demo")

    assert done.ok, done.raw


def test_the_wheel_is_built_and_deploys(runner: MakeRunner, machine: Mapping[str, str]) -> None:
    done = run(runner, machine, "test.yml", "package")

    assert done.ok, done.raw


def test_the_action_deploys_an_example_to_the_local_server(runner: MakeRunner, machine: Mapping[str, str]) -> None:
    done = run(runner, machine, "test.yml", "action")

    assert done.ok, done.raw
    assert "planned 4, applied 4, then 0; what cannot be: failure" in done.raw


def test_a_tag_releases_its_version(runner: MakeRunner, machine: Mapping[str, str], tmp_path: Path) -> None:
    done = run(runner, machine, "release.yml", event=Event("push", tag=f"v{__version__}"))

    assert done.ok, done.raw
    assert re.search(r"uv sync .*--locked", done.jobs["package"].raw), "built with the locked versions"
    assert done.jobs["publish"].environment == "pypi"
    names = [f"scfdeploy-{__version__}{end}" for end in ("-py3-none-any.whl", ".tar.gz")]
    assert done.jobs["publish"].raw.splitlines() == [f"published {name}" for name in names]
    sbom = f"scfdeploy-{__version__}.cdx.json"
    assert done.jobs["attest"].raw.splitlines() == [
        f"attested {name}: {said}" for said in ("provenance", f"sbom/{sbom}") for name in names
    ]
    files = " ".join(f"files/{name}" for name in sorted([*names, sbom]))
    assert (
        done.jobs["page"]
        .raw.strip()
        .endswith(f"gh release create v{__version__} --verify-tag --generate-notes {files}")
    )
    assert_says_where_it_comes_from(tmp_path)


def assert_says_where_it_comes_from(folder: Path) -> None:
    [wheel] = folder.rglob("artifacts/dist/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = archive.read(name).decode()
    assert "Project-URL: Source, https://github.com/shop/orders\n" in metadata
    assert f"https://github.com/shop/orders/blob/v{__version__}/CONTRIBUTING.md" in metadata


def test_a_tag_of_another_version_releases_nothing(runner: MakeRunner, machine: Mapping[str, str]) -> None:
    done = run(runner, machine, "release.yml", event=Event("push", tag="v99.0.0"))

    assert done.jobs["package"].result == "failure"
    assert done.jobs["publish"].result == "skipped"


def test_the_jenkinsfile_does_the_same(machine: Mapping[str, str], tmp_path: Path) -> None:
    agent = Agent(tmp_path / "agent" / "orders", {**machine, "HOME": str(tmp_path)}, checkout)

    build = agent.run((ROOT / "Jenkinsfile").read_text())

    assert build.result == "SUCCESS", build.printed
    assert set(build.stages.values()) == {"SUCCESS"}
    assert len(build.archived) == 2
    assert "pytest" in build.printed


def test_a_failed_check_fails_the_jenkins_build(machine: Mapping[str, str], tmp_path: Path) -> None:
    def broken(folder: Path) -> None:
        checkout(folder)
        (folder / "Makefile").write_text("test:\n\tfalse\n")

    machine = {**machine, "PATH": machine["PATH"].partition(":")[2], "HOME": str(tmp_path)}
    build = Agent(tmp_path / "agent" / "orders", machine, broken).run((ROOT / "Jenkinsfile").read_text())

    assert build.result == "FAILURE"
    assert build.stages["Demo"] == "NOT_BUILT"
