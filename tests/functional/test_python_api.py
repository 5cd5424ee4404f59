"""The Python API: the examples of its page, and what it promises beside them."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scfdeploy import api
from tests.support.command import scfdeploy
from tests.support.document_schemas import check_document
from tests.support.full_disk import full_disk
from tests.support.local_server import LocalServer
from tests.support.project import write_project
from tests.support.scripts import ROOT

_PAGE = ROOT / "docs" / "reference" / "python-api.md"
_KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}


@pytest.mark.waits("the local server, which creates a function in 0.2 s: the API has no parameter for a clock")
def test_examples_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path / "hello", "  environment: {variables: {GREETING: '${env:GREETING}'}}\n")
    monkeypatch.setenv("GREETING", "hello")
    blocks = re.findall(r"```python\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(_PAGE), "exec"), names)
    printed = capsys.readouterr().out
    assert "create function/default/hello" in printed
    assert "profile 'no-such-profile' with a key pair not found" in printed


def test_page_names_everything() -> None:
    code = re.findall(r"```.*?```|`[^`]*`", _PAGE.read_text("utf-8"), re.DOTALL)
    named = {word for part in code for word in re.findall(r"\w+", part)}
    functions = (api.validate, api.plan, api.apply, api.Project, api.Cloud)
    parameters = {name for function in functions for name in inspect.signature(function).parameters}
    properties = {name for name, value in vars(api.Result).items() if isinstance(value, property)}

    assert {*api.__all__, *parameters, *properties} - named == set()


def test_results_are_the_documents_of_the_commands(tmp_path: Path, cloud: LocalServer) -> None:
    write_project(tmp_path, "  memorySize: 100\n")
    checked = api.validate(tmp_path)
    assert not checked.ok
    assert checked.document == scfdeploy("validate", tmp_path, "--format", "json").document
    assert [finding["rule"] for finding in checked.errors] == ["memory-step"]
    planned = api.plan(api.Project(tmp_path, environ=_KEYS), api.Cloud(endpoint=cloud.url))
    assert (planned.ok, planned.changes) == (False, [])
    check_document(dict(planned.document))
    assert api.validate(tmp_path, ignore=["memory-step"]).ok


def test_plan_that_is_not_approved_changes_nothing(tmp_path: Path, cloud: LocalServer) -> None:
    write_project(tmp_path)
    project, server = api.Project(tmp_path, environ=_KEYS), api.Cloud(endpoint=cloud.url)
    seen: list[api.Result] = []
    with pytest.raises(api.Error, match="not approved; nothing was changed"):
        api.apply(project, server, approve=lambda planned: bool(seen.append(planned)))
    assert [change["action"] for change in seen[0].changes] == ["create"]
    assert cloud.writes() == []


def test_secrets_are_in_no_result_and_no_error(tmp_path: Path, cloud: LocalServer) -> None:
    write_project(tmp_path, "  environment: {variables: {DB_PASSWORD: '${env:DB_PASSWORD}'}}\n")
    project = api.Project(tmp_path, environ={**_KEYS, "DB_PASSWORD": "marked-9f3c"})
    server = api.Cloud(endpoint=cloud.url)
    planned = api.plan(project, server)
    assert planned.ok
    assert "marked-9f3c" not in repr(planned)
    cloud.control("faults", [{"action": "*", "code": "UnauthorizedOperation", "message": "marked-9f3c is wrong"}])
    with pytest.raises(api.Error) as failed:
        api.plan(project, server)
    assert failed.value.code == "UnauthorizedOperation"
    assert "marked-9f3c" not in f"{failed.value} {failed.value.hint} {failed.value.__cause__}"
    assert failed.value.__suppress_context__


@pytest.mark.parametrize(
    "call",
    [
        lambda: api.validate(".", select=["no-such-rule"]),
        lambda: api.plan(".", api.Cloud(endpoint="http://example.com")),
        lambda: api.plan(".", api.Cloud(local=True, endpoint="https://example.com")),
        lambda: api.apply(saved_plan="a.plan", prune=True),
        lambda: api.plan(".", targets=[""]),
    ],
    ids=["unknown rule", "unencrypted endpoint", "two clouds", "options of a saved plan", "empty target"],
)
def test_wrong_argument_raises_value_error(call: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert callable(call)
    with pytest.raises(ValueError):  # noqa: PT011 - the texts are for people
        call()


def test_current_folder_that_is_gone_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path / "hello")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(api.Error, match="current folder no longer exists"):
        api.validate(tmp_path / "hello")


def test_full_disk_is_an_error(tmp_path: Path, cloud: LocalServer) -> None:
    write_project(tmp_path)
    project, server = api.Project(tmp_path, environ=_KEYS), api.Cloud(endpoint=cloud.url)
    assert api.plan(project, server).ok
    lock = {"default": {"requests": {"version": "==2.32.3", "hashes": [f"sha256:{'0' * 64}"]}}}
    (tmp_path / "src" / "Pipfile.lock").write_text(json.dumps(lock), encoding="utf-8")
    with full_disk(50), pytest.raises(api.Error, match="a file cannot be written: File too large") as failed:
        api.plan(project, server)
    assert "Free some disk space" in str(failed.value.hint)


def test_importing_the_package_loads_nothing_of_the_api() -> None:
    program = "import sys, scfdeploy; print(*[name for name in sys.modules if name.startswith('scfdeploy.')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def test_api_loads_no_command_line_and_no_cloud_library() -> None:
    program = "import sys, scfdeploy.api; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert {"typer", "requests", "tencentcloud", "scfdeploy.emulator"} & set(done.stdout.split()) == set()
