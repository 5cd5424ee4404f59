"""`template`: test events are listed, shown, saved, deleted, and sent by `invoke --template`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.project import write_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the function hello."""
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    return tmp_path


def template(*arguments: str) -> Ran:
    return scfdeploy("template", *arguments)


def save_five() -> None:
    for name in "abcde":
        assert template("save", name, "--from", "hello-world").exit_code == 0


def test_list_shows_built_in_and_user_templates(project: Path) -> None:
    template("save", "a", "--from", "hello-world")
    for arguments in ((), ("hello",)):
        header, *rows = template("list", *arguments).stdout.splitlines()
        assert header == "NAME         KIND"
        assert rows[0] == "hello-world  built-in"
        assert "cos-upload   built-in  alias cos" in rows
        assert "api-gateway  built-in  alias apigw; retired; for code that still reads this event format" in rows
        assert rows[-1] == "a            user"
    listed = template("list", "--format", "json").document["templates"]
    assert [entry["name"] for entry in listed if entry["kind"] == "built-in"] == [
        "hello-world", "hello", "cos-upload", "cos-delete", "cmq-topic", "api-gateway", "ckafka", "timer", "http",
        "clb", "cls", "mps", "cloud-api", "dead-letter",
    ]  # fmt: skip
    assert listed[-1] == {"name": "a", "kind": "user", "alias": None, "remark": None, "function": "hello"}


def test_list_of_function_without_templates_shows_built_in_ones(project: Path) -> None:
    template("save", "a")
    assert "user" not in template("list", "other").stdout


def test_list_without_project_shows_templates_of_all_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for function in ("hello", "other"):
        assert template("save", "a", "--function", function).exit_code == 0
    rows = template("list").stdout.splitlines()
    assert rows[-2:] == ["a            user      hello", "a            user      other"]
    assert template("save", "b").exit_code == 1
    assert template("show", "a").exit_code == 1
    assert template("show", "a", "--function", "other").exit_code == 0


def test_show_prints_template(project: Path) -> None:
    assert template("show", "hello-world").stdout == '{"key1": "test value 1", "key2": "test value 2"}\n'
    assert template("show", "apigw").stdout == template("show", "api-gateway").stdout
    assert json.loads(template("show", "dead-letter").stdout)["Body"]["RetryNum"] == 2
    assert template("show", "cos", "--format", "json").document["event"]["Records"][0]["cos"]


def test_show_of_unknown_template_fails(project: Path) -> None:
    ran = template("show", "timr")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert 'There is no template "timr".' in ran.stderr
    assert "timer" in ran.stderr
    assert template("show", "../../serverless").exit_code == 1


def test_save_and_delete_print_path(project: Path) -> None:
    saved = template("save", "a", "--from", "hello-world")
    assert (saved.exit_code, saved.stdout) == (0, "Saved .scfdeploy/templates/hello/a.json.\n")
    file = project / ".scfdeploy" / "templates" / "hello" / "a.json"
    assert file.read_text() == '{"key1": "test value 1", "key2": "test value 2"}\n'
    deleted = template("delete", "a")
    assert (deleted.exit_code, deleted.stdout) == (0, "Deleted .scfdeploy/templates/hello/a.json.\n")
    assert not file.exists()
    assert template("delete", "a").exit_code == 1


@pytest.mark.parametrize("name", ["1a", "-", "a.b", "a/b", "../a", "", "ä", "a "])
def test_save_rejects_invalid_name(project: Path, name: str) -> None:
    ran = template("save", "--from", "timer", "--", name)
    assert ran.exit_code == 1
    expected = (
        f'Invalid template name "{name}". A template name begins with a letter and contains only letters, '
        "digits, - and _."
    )
    assert expected in ran.stderr


def test_save_rejects_sixth_template_but_replaces_one(project: Path) -> None:
    save_five()
    ran = template("save", "f")
    assert ran.exit_code == 1
    assert "hello already has 5 templates, the limit. Delete one of: a, b, c, d, e\n" in ran.stderr
    assert template("save", "e", "--from", "timer").exit_code == 0
    template("delete", "a")
    assert template("save", "f").exit_code == 0
    assert template("save", "a", "--function", "other").exit_code == 0


@pytest.mark.parametrize("name", ["timer", "hello", "cos"])
def test_built_in_template_is_neither_overwritten_nor_deleted(project: Path, name: str) -> None:
    saved = template("save", name)
    assert saved.exit_code == 1
    assert f'"{name}" is a built-in template and cannot be overwritten. Choose another name.' in saved.stderr
    deleted = template("delete", name)
    assert deleted.exit_code == 1
    assert f'"{name}" is a built-in template and cannot be deleted.' in deleted.stderr


def test_save_reads_file_user_template_and_standard_input(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "event.json").write_text('{"id": 7}')
    assert template("save", "a", "--from", "event.json").exit_code == 0
    assert template("save", "b", "--from", "a").exit_code == 0
    assert template("show", "b").stdout == '{"id": 7}\n'
    (project / "broken.json").write_text("{")
    assert "is not JSON" in template("save", "c", "--from", "broken.json").stderr
    assert template("save", "c", "--from", "nothing").exit_code == 1
    assert scfdeploy("template", "save", "c", "--from", "-", stdin='{"id": 8}').exit_code == 0
    assert template("show", "c").stdout == '{"id": 8}\n'


def test_standard_input_that_is_not_utf8_is_an_error(project: Path) -> None:
    ran = scfdeploy("template", "save", "c", "--from", "-", stdin=b'"\xff"')
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "the event file - cannot be read: it is not UTF-8 text" in ran.stderr


def test_git_sees_templates_and_nothing_else(project: Path) -> None:
    template("save", "a")
    scfdeploy("queue", "create", "q")
    subprocess.run(["git", "init", "-q", "."], cwd=project, check=True)
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all", ".scfdeploy"],
        cwd=project, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert listed.stdout == "?? .scfdeploy/templates/hello/a.json\n"


def test_save_for_function_that_the_project_does_not_have_fails(project: Path) -> None:
    ran = template("save", "a", "--function", "helo")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert 'The project has no function "helo".' in ran.stderr
    assert "hello" in ran.stderr.partition("hint:")[2]
    assert not (project / ".scfdeploy").exists()
    assert template("list", "helo").exit_code == 0


def test_functions_of_different_namespaces_have_templates_of_their_own(project: Path) -> None:
    text = (project / "serverless.yml").read_text("utf-8").replace("  src:", "  namespace: shop\n  src:")
    (project / "serverless.yml").write_text(text, "utf-8")
    saved = template("save", "a")
    assert saved.stdout == "Saved .scfdeploy/templates/shop/hello/a.json.\n"
    assert template("show", "a").exit_code == 0
    assert template("show", "a", "--function", "default/hello").exit_code == 1
    assert "a            user" in template("list", "shop/hello").stdout
    assert template("list").stdout == template("list", "shop/hello").stdout
    deleted = template("delete", "a")
    assert deleted.stdout == "Deleted .scfdeploy/templates/shop/hello/a.json.\n"


def test_links_are_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.json").write_text('{"secret": 1}')
    folder = project / ".scfdeploy" / "templates"
    folder.mkdir(parents=True)
    (folder / "hello").symlink_to(elsewhere)
    for arguments in (("show", "a"), ("delete", "a"), ("save", "b")):
        ran = template(*arguments)
        assert (ran.exit_code, ran.stdout) == (1, "")
        assert "is a symbolic link" in ran.stderr
    assert [path.name for path in elsewhere.iterdir()] == ["a.json"]


class TestInvoke:
    @pytest.fixture
    def cloud(self, project: Path) -> Iterator[Cloud]:
        with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
            cloud = Cloud(server.url)
            cloud.create()
            yield cloud

    def invoke(self, cloud: Cloud, name: str, *more: str) -> Any:
        arguments = ("hello", "--template", name, "--endpoint", cloud.url, "--format", "json", *more)
        return scfdeploy("invoke", *arguments)

    @pytest.mark.parametrize("name", ["hello-world", "hello", "cos", "cos-upload", "dead-letter"])
    def test_built_in_template_is_sent(self, cloud: Cloud, name: str) -> None:
        assert self.invoke(cloud, name).document["result"] == json.loads(template("show", name).stdout)

    def test_user_template_is_sent(self, cloud: Cloud) -> None:
        template("save", "a", "--from", "timer")
        assert self.invoke(cloud, "a").document["result"]["Type"] == "Timer"
        assert self.invoke(cloud, "a", "--async").exit_code == 0

    def test_unknown_template_calls_nothing(self, cloud: Cloud) -> None:
        ran = self.invoke(cloud, "none")
        assert (ran.exit_code, ran.document["error"]["message"]) == (1, 'There is no template "none".')
        assert not [call for call in cloud.control("calls")["calls"] if call["action"].startswith("Invoke")]
