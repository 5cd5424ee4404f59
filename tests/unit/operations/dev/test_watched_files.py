"""Which folders `dev` watches, and what a change of a file in them affects."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.model import Address
from scfdeploy.operations.dev.watched_files import Affected, WatchedFiles, watched_files
from scfdeploy.operations.request import Request
from tests.support.project import write_project

HELLO = Affected(functions=frozenset({Address.of_function("default", "hello")}))
NOTHING = Affected()
EVERYTHING = Affected(everything=True)


def watched(root: Path) -> WatchedFiles:
    return watched_files(Request(str(root), LoadOptions(cwd=str(root))))


def below(files: WatchedFiles, root: Path) -> set[str]:
    return {str(Path(folder).relative_to(root)) for folder in files.folders}


@pytest.mark.parametrize(
    ("path", "affected"),
    [
        ("src/index.py", HELLO),
        ("src/deep/er.py", HELLO),
        ("src/new.py", HELLO),
        ("src/deep/new-folder", EVERYTHING),
        ("serverless.yml", EVERYTHING),
        ("serverless.yaml", EVERYTHING),
        ("scfdeploy.toml", EVERYTHING),
        (".env", EVERYTHING),
        (".env.dev", EVERYTHING),
        ("src/.env", NOTHING),
        ("requirements.txt", HELLO),
        ("requirements-dev.txt", HELLO),
        ("package-lock.json", HELLO),
        ("README.md", NOTHING),
        (".scfdeploy/cache/x", NOTHING),
        (".git/index", NOTHING),
        ("src/.git/index", NOTHING),
        ("src/node_modules/left/index.js", NOTHING),
        ("src/__pycache__/index.cpython-311.pyc", NOTHING),
        ("src/notes.md", NOTHING),
        ("src/drafts/one.py", NOTHING),
        ("src/.index.py.swp", NOTHING),
        ("src/index.py~", NOTHING),
        ("src/4913", NOTHING),
    ],
)
def test_change_affects_the_function_whose_code_it_is(tmp_path: Path, path: str, affected: Affected) -> None:
    write_project(tmp_path, "").joinpath("serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n  runtime: Python3.10\n"
        "  handler: index.main_handler\n  src:\n    src: ./src\n    exclude: ['*.md', drafts]\n"
    )
    for folder in ("src/deep", "src/drafts", "src/node_modules/left"):
        (tmp_path / folder).mkdir(parents=True)
    files = watched(tmp_path)
    if path.endswith("folder"):
        (tmp_path / path).mkdir()

    assert files.affected([str(tmp_path / path)]) == affected


def test_folders_without_code_are_not_watched(tmp_path: Path) -> None:
    write_project(tmp_path)
    for folder in ("src/deep/er", "src/node_modules/left", "src/__pycache__", ".git/objects", "docs"):
        (tmp_path / folder).mkdir(parents=True)

    assert below(watched(tmp_path), tmp_path) == {".", "src", "src/deep", "src/deep/er"}


def test_file_of_a_layer_affects_everything(tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "util.py").write_text("")
    (tmp_path / "serverless.yml").write_text(
        "component: layer\nname: util\napp: shop\ninputs:\n  name: util\n  src: ./layer\n  runtimes: [Python3.10]\n"
    )

    assert watched(tmp_path).affected([str(tmp_path / "layer" / "util.py")]) == EVERYTHING


def test_each_function_of_several_is_affected_by_its_own_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_project(tmp_path / name, name=name)

    files = watched(tmp_path)

    one, two = (Address.of_function("default", name) for name in ("one", "two"))
    assert files.affected([str(tmp_path / "one/src/index.py")]) == Affected(functions=frozenset({one}))
    both = [str(tmp_path / name / "src/index.py") for name in ("one", "two")]
    assert files.affected(both) == Affected(functions=frozenset({one, two}))
    assert files.affected([str(tmp_path / "two/serverless.yml")]) == EVERYTHING
    assert files.affected([str(tmp_path / "three/serverless.yml")]) == EVERYTHING


def test_hook_folder_belongs_to_the_function(tmp_path: Path) -> None:
    write_project(tmp_path).joinpath("serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n  runtime: Nodejs18.15\n"
        "  handler: index.main\n  src:\n    src: .\n    hook: npm run build\n    dist: dist\n"
    )
    (tmp_path / "lib").mkdir()
    files = watched(tmp_path)

    assert files.has_hooks
    assert files.affected([str(tmp_path / "lib/index.ts")]) == HELLO


def test_file_outside_that_is_included_belongs_to_the_function(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    (tmp_path / "shared").mkdir()
    (tmp_path / "one.py").write_text("")
    project.joinpath("serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n  runtime: Python3.10\n"
        "  handler: index.main_handler\n  src:\n    src: ./src\n    include: ['../../shared', '../../one.py']\n"
    )
    files = watched(project)

    assert files.affected([str(tmp_path / "shared/util.py")]) == HELLO
    assert files.affected([str(tmp_path / "one.py")]) == HELLO
    assert {str(tmp_path), str(tmp_path / "shared")} <= files.folders


def test_env_file_elsewhere_is_watched(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "local").write_text("A=1\n")
    files = watched_files(Request(str(project), LoadOptions(cwd=str(project), env_file="../settings/local")))

    assert files.affected([str(tmp_path / "settings/local")]) == EVERYTHING
    assert files.affected([str(tmp_path / "settings/other")]) == NOTHING


def test_settings_of_a_repository_are_watched(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "scfdeploy.toml").write_text("strict = true\n")
    files = watched(write_project(tmp_path / "project"))

    assert files.affected([str(tmp_path / "scfdeploy.toml")]) == EVERYTHING
    assert files.affected([str(tmp_path / "README.md")]) == NOTHING
    assert str(tmp_path) in files.folders


def test_unreadable_project_watches_its_file(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text("inputs: [")
    files = watched(tmp_path)

    assert files.project is None
    assert files.affected([str(tmp_path / "serverless.yml")]) == EVERYTHING
    assert files.could_fix([str(tmp_path / "src")])
    assert not files.could_fix([str(tmp_path / ".scfdeploy"), str(tmp_path / "serverless.yml~")])
