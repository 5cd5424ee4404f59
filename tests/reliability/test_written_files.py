"""A full disk, or a kill in the middle of a write: each file of the user is the old one or the new one, whole."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scfdeploy.model.code import is_never_packed
from tests.support.command import Ran, scfdeploy
from tests.support.command_process import become_scfdeploy, command_process, run_function
from tests.support.emulator import Cloud
from tests.support.local_server import LocalServer, local_server
from tests.support.measured import measure
from tests.support.project import write_project

ROOT = Path(__file__).parents[2]
OLD = "# kept since long\n" * 3
UNLIMITED = 1 << 30
PACKAGE = f"git+https://example.com/team/scfdeploy@{40 * '0'}"
LONG = "".join(f"    VALUE_{number}: some text that is long enough\n" for number in range(40))

Scene = Callable[[Path], tuple[str, ...]]
"""Writes what is there before, and gives the command."""


def _init(folder: Path) -> tuple[str, ...]:
    return ("init", str(folder), "--runtime", "python", "--name", "hello")


def _ci(folder: Path) -> tuple[str, ...]:
    write_project(folder)
    workflows = folder / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "scfdeploy.yml").write_text(OLD)
    return ("ci", "init", "github", "--runtime", "python", "--package", PACKAGE, "--force")


def _fix(folder: Path) -> tuple[str, ...]:
    write_project(folder, f"  memorysize: 256\n  environment:\n    variables:\n{LONG.replace('    ', '      ')}")
    return ("validate", str(folder), "--fix")


def _report(folder: Path) -> tuple[str, ...]:
    write_project(folder)
    (folder / "report.json").write_text(OLD)
    return ("plan", str(folder), "--report", f"json={folder / 'report.json'}")


def _plan(folder: Path) -> tuple[str, ...]:
    write_project(folder)
    (folder / "the.plan").write_text(OLD)
    return ("plan", str(folder), "--out", str(folder / "the.plan"))


def _import(folder: Path) -> tuple[str, ...]:
    (folder / ".env").write_text(OLD)
    return ("import", "remote", "--out", str(folder))


# With the largest size that a file may have: less than what is written last, more than what caches need before.
SCENES: dict[str, tuple[Scene, int]] = {
    "init": (_init, 60),
    "ci-init-force": (_ci, 60),
    "validate-fix": (_fix, 60),
    "import": (_import, 60),
    "plan-with-no-room-for-the-package": (_plan, 60),
    "plan-out": (_plan, 600),
    "report": (_report, 600),
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalServer]:
    with local_server() as server:
        variables = [{"Key": f"API_TOKEN_{number}", "Value": f"hidden-{number}"} for number in range(40)]
        Cloud(server.url).create("remote", Environment={"Variables": variables})
        yield server


def run(
    cloud: LocalServer | None, folder: Path, arguments: tuple[str, ...], *, limit: int = UNLIMITED, how: str = "full"
) -> Ran:
    environment = {"PATH": os.environ["PATH"], **(cloud.env if cloud else {})}
    return run_function(f"{__name__}:limited_program", limit, how, arguments, folder=folder, env=environment)


def limited_program(limit: int, how: str, arguments: list[str]) -> int:
    """Be the program with a limit of the size of a file: a write beyond it fails, or, where the signal acts, kills."""
    # Python would leave cut compiled modules behind, which no later process could load.
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if how == "killed" else signal.SIG_IGN)
    return become_scfdeploy(arguments)


def prepare(scene: Scene, folder: Path) -> tuple[str, ...]:
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", folder], check=True)
    return scene(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of the user by their paths: all but what lies in folders of git and of the tool itself."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {str(at): path.read_bytes() for at, path in files.items() if not {".git", ".scfdeploy"} & set(at.parts)}


def in_sight_of_git(folder: Path) -> set[str]:
    found = subprocess.run(
        ["git", "-C", folder, "status", "--porcelain", "-z", "--untracked-files=all"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {line[3:] for line in found.stdout.split("\0") if line}


@pytest.mark.parametrize("how", ["full", "killed"])
@pytest.mark.parametrize("name", SCENES)
def test_interrupted_write_leaves_old_or_new_file_only(cloud: LocalServer, tmp_path: Path, name: str, how: str) -> None:
    scene, limit = SCENES[name]
    uncut = tmp_path / "uncut" / "hello"
    whole = run(cloud, uncut, prepare(scene, uncut))
    new = contents(uncut)
    folder = tmp_path / "cut" / "hello"
    arguments = prepare(scene, folder)
    old = contents(folder)

    cut = run(cloud, folder, arguments, limit=limit, how=how)

    measure(f"disk {how}", points=int(cut.exit_code != whole.exit_code))
    assert cut.exit_code != whole.exit_code, "nothing was cut: choose a smaller limit"
    assert cut.exit_code == (-signal.SIGXFSZ if how == "killed" else 1)
    assert "Traceback" not in cut.stderr
    assert "internal error:" not in cut.stdout + cut.stderr
    now = contents(folder)
    assert {path for path in old if path not in now} == set()
    assert {
        path for path, content in now.items() if content != old.get(path) and not _is_new(path, content, new)
    } == set()
    left = {path.relative_to(folder).as_posix() for path in folder.rglob(".scfdeploy*/**/*") if path.is_file()}
    assert in_sight_of_git(folder) & left == set()
    assert [path for path in left if not is_never_packed(path)] == []

    again = run(cloud, folder, arguments)
    assert again.exit_code == whole.exit_code, again.stdout + again.stderr
    done = contents(folder)
    assert {path for path in new if path not in done or not _is_new(path, done[path], new)} == set()


def test_data_of_local_server_is_not_called_damaged_on_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "hello"
    run(None, folder, prepare(_init, folder))
    applied = run(None, folder, ("apply", str(folder), "--local", "--yes"))
    assert applied.exit_code == 0, applied.stderr

    cut = run(None, folder, ("plan", str(folder), "--local"), limit=600)

    assert cut.exit_code == 1
    assert "emulator.db cannot be used: " in cut.stderr
    assert "hint: Make the folder writable, and free some disk space." in cut.stderr
    again = run(None, folder, ("plan", str(folder), "--local", "--detailed-exitcode"))
    assert again.exit_code == 0, again.stdout + again.stderr


def test_damaged_data_of_local_server_may_be_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "hello"
    run(None, folder, prepare(_init, folder))
    (folder / ".scfdeploy").mkdir()
    (folder / ".scfdeploy" / "emulator.db").write_text("no database" * 100)

    ran = run(None, folder, ("plan", str(folder), "--local"))

    assert ran.exit_code == 1
    assert "emulator.db is not a database of this server: " in ran.stderr
    assert "hint: Delete that file to start with an empty local cloud." in ran.stderr


def _is_new(path: str, content: bytes, new: dict[str, bytes]) -> bool:
    """Whether a file is as an uncut run writes it; a plan is salted, so that of it only its end can be compared."""
    if path == "the.plan":
        return content.startswith(b'{\n "kind": "scfdeploy-plan"') and content.endswith(b"}\n")
    return content.replace(b"/cut/", b"/uncut/") == new.get(path)


@pytest.mark.parametrize(
    "command",
    [
        ("schema",),
        ("explain", "430"),
        ("explain", "430", "--format", "json"),
        ("--version",),
        ("--help",),
        ("destroy", "--help"),
        ("alias", "-h"),
    ],
)
def test_result_on_full_disk_is_an_error(cloud: LocalServer, command: tuple[str, ...]) -> None:
    environment = {"PATH": os.environ["PATH"], **cloud.env}
    with (
        Path("/dev/full").open("w") as full,
        command_process(*command, env=environment, stdout=full.fileno()) as process,
    ):
        _, written = process.communicate()
    assert process.returncode == 1
    assert written == "error: the result cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", [[1], [2], [1, 2], [0, 1, 2]])
def test_command_with_closed_streams_completes(cloud: LocalServer, closed: list[int], tmp_path: Path) -> None:
    project = write_project(tmp_path)
    environment = {"PATH": os.environ["PATH"], **cloud.env}
    for command, state in (("apply", "Active"), ("destroy", "")):
        arguments = [command, "--yes", str(project)]
        ran = run_function(f"{__name__}:program_with_closed_streams", closed, arguments, env=environment)
        assert ran.exit_code == 0, ran.stderr
        _require_state(project, cloud, state)


def test_process_that_starts_with_closed_streams_completes(cloud: LocalServer, tmp_path: Path) -> None:
    project = write_project(tmp_path)
    ran = subprocess.run(
        ["sh", "-c", '"$0" -m scfdeploy apply --yes "$1" <&- >&- 2>&-', sys.executable, str(project)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **cloud.env},
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0
    _require_state(project, cloud, "Active")


def program_with_closed_streams(closed: list[int], arguments: list[str]) -> int:
    """Be the program after Python has started without some of its streams, which it then has as None."""
    for number in closed:
        os.close(number)
        setattr(sys, ("stdin", "stdout", "stderr")[number], None)
    return become_scfdeploy(arguments)


def _require_state(project: Path, cloud: LocalServer, state: str) -> None:
    document = scfdeploy("status", project, "--format", "json", env=cloud.env).document
    assert [function["state"] for function in document["functions"]] == [state]
