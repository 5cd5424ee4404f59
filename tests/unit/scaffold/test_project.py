from __future__ import annotations

import ast
import io
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import FUNCTION_FIELDS
from scfdeploy.scaffold import new_project
from scfdeploy.triggers import trigger_type
from scfdeploy.workspace.atomic_write import PendingFile

KINDS = [("python", "event"), ("nodejs", "event"), ("python", "web"), ("nodejs", "web")]


def new(
    folder: Path, *, name: str = "hello", runtime: str = "python", type_: str = "event", template: str | None = None
) -> list[str]:
    return list(new_project(str(folder), name=name, runtime=runtime, type=type_, template=template).files)


def load(folder: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(io.StringIO((folder / "serverless.yml").read_text("utf-8")))


@pytest.mark.parametrize(("runtime", "type_"), KINDS)
def test_new_project_reports_all_its_files(tmp_path: Path, runtime: str, type_: str) -> None:
    written = new(tmp_path, runtime=runtime, type_=type_)

    assert written == sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert {"serverless.yml", "README.md", ".gitignore", ".env.example"} < set(written)
    assert len([name for name in written if name.startswith("src/")]) == 1


@pytest.mark.parametrize(("runtime", "type_"), KINDS)
def test_new_project_uses_supported_keys_and_existing_entry(tmp_path: Path, runtime: str, type_: str) -> None:
    new(tmp_path, runtime=runtime, type_=type_)
    inputs = load(tmp_path)["inputs"]

    assert set(inputs) <= {field.name for field in FUNCTION_FIELDS if field.supported}
    entry = inputs.get("entryFile") or "index." + ("py" if runtime == "python" else "js")
    assert (tmp_path / inputs["src"] / entry).is_file()
    for event in inputs.get("events", []):
        ((kind, body),) = event.items()
        known = trigger_type(kind)
        assert known is not None
        assert set(body["parameters"]) <= {field.name for field in known.fields}


@pytest.mark.parametrize("type_", ["event", "web"])
def test_python_code_of_new_project_compiles(tmp_path: Path, type_: str) -> None:
    (code,) = (path for path in new(tmp_path, type_=type_) if path.endswith(".py"))
    ast.parse((tmp_path / code).read_text("utf-8"))


def test_commented_out_keys_are_valid_when_enabled(tmp_path: Path) -> None:
    new(tmp_path)
    file = tmp_path / "serverless.yml"
    lines = file.read_text("utf-8").splitlines()
    switched = [line.replace("  # ", "  ", 1) if line.startswith("  # ") else line for line in lines]
    file.write_text("\n".join(switched), "utf-8")

    assert load(tmp_path)["inputs"]["events"][0]["timer"]["parameters"]["cronExpression"] == "0 0 2 * * * *"


@pytest.mark.parametrize(
    ("typed", "name", "app"),
    [
        ("hello", "hello", "hello"),
        ("My_Shop", "My_Shop", "my-shop"),
        ("my shop!", "my-shop", "my-shop"),
        ("01-orders", "orders", "orders"),
        ("null", "null", "null"),
        ("yes", "yes", "yes"),
        ("No", "No", "no"),
        ("订单 orders", "orders", "orders"),
        ("a: b # c", "a-b-c", "a-b-c"),
        ('"; rm -rf', "rm--rf", "rm--rf"),
        ("tmp.aB3", "tmp-aB3", "tmp-ab3"),
        ("e10", "e10", "e10"),
    ],
)
def test_invalid_characters_in_names_are_replaced(tmp_path: Path, typed: str, name: str, app: str) -> None:
    new(tmp_path, name=typed)
    found = load(tmp_path)

    assert (found["name"], found["inputs"]["name"], found["app"]) == (name, name, app)


@pytest.mark.parametrize("typed", ["", "订单", "1", "a", "---", "x" * 61])
def test_unusable_name_is_rejected_before_writing(tmp_path: Path, typed: str) -> None:
    with pytest.raises(ScfDeployError) as caught:
        new(tmp_path, name=typed)

    assert "--name" in (caught.value.hint or "")
    assert list(tmp_path.iterdir()) == []


def test_existing_file_prevents_all_writes_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("mine", "utf-8")
    with pytest.raises(ScfDeployError, match=r"already exist: .*src/index\.py"):
        new(tmp_path)

    assert (tmp_path / "src" / "index.py").read_text("utf-8") == "mine"
    assert not (tmp_path / "serverless.yml").exists()


def test_dangling_link_prevents_all_writes(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ScfDeployError, match="already exist"):
        new(tmp_path)


def test_other_files_in_folder_stay_unchanged(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    new(tmp_path)
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"


def test_target_that_is_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ScfDeployError, match="nothing was written"):
        new(tmp_path / "file")


def test_failed_write_removes_written_files(tmp_path: Path) -> None:
    (tmp_path / "src").write_text("a file where a folder is needed", "utf-8")
    with pytest.raises(ScfDeployError, match="nothing was written"):
        new(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["src"]


@pytest.mark.parametrize(
    ("asked", "runtime"),
    [
        ("python", "Python3.10"),
        ("nodejs", "Nodejs18.15"),
        ("node", "Nodejs18.15"),
        ("Python3.9", "Python3.9"),
        ("PYTHON3.9", "Python3.9"),
        ("Nodejs20.19", "Nodejs20.19"),
        ("java", "Java11"),
        ("Java8", "Java8"),
        ("golang", "Go1"),
        ("php", "Php8.0"),
    ],
)
def test_runtime_is_a_language_or_a_full_name(tmp_path: Path, asked: str, runtime: str) -> None:
    new(tmp_path, runtime=asked)
    assert load(tmp_path)["inputs"]["runtime"] == runtime


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("pyton", "unknown runtime", 'Did you mean "python"?'),
        ("cobol", "unknown runtime", "Choose python, nodejs, php, java, go, or exactly one of Python3.9"),
        ("CustomRuntime", "no template", "Choose python, nodejs, php, java, go"),
        ("Python2.7", "too old", "Python3.10"),
        ("Nodejs8.9", "too old", "Nodejs18.15"),
    ],
)
def test_runtime_without_template_suggests_another(tmp_path: Path, asked: str, message: str, hint: str) -> None:
    with pytest.raises(ScfDeployError, match=message) as caught:
        new(tmp_path, runtime=asked)
    assert hint in (caught.value.hint or "")


def test_template_with_other_runtime_of_its_language(tmp_path: Path) -> None:
    new(tmp_path, runtime="Python3.9", template="timer")
    assert load(tmp_path)["inputs"]["runtime"] == "Python3.9"
    assert load(tmp_path)["inputs"]["events"][0]["timer"]["parameters"]["name"] == "nightly"


def test_interrupt_while_writing_removes_written_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = PendingFile.create

    def interrupt(file: PendingFile) -> None:
        create(file)
        if file.target.endswith("serverless.yml"):
            raise KeyboardInterrupt

    monkeypatch.setattr(PendingFile, "create", interrupt)
    with pytest.raises(KeyboardInterrupt):
        new(tmp_path / "hello")
    assert list(tmp_path.iterdir()) == []


def test_unknown_type_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError, match="unknown type"):
        new(tmp_path, type_="batch")


def test_too_long_folder_name_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ScfDeployError, match="File name too long"):
        new(tmp_path / ("x" * 300))
