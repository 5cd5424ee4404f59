"""The URLs that `status` and `apply` show for functions on a local server."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.emulator import running
from tests.support.local_server import LocalServer

CODE = "def main(event, context):\n    return event['path']\n"
HTTP = "  events:\n    - http:\n        parameters: {authType: CAM}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text(CODE)
    return tmp_path


def write(folder: Path, *, namespace: str = "default", events: str = HTTP) -> None:
    (folder / "serverless.yml").write_text(
        "component: scf\nname: hello\ninputs:\n  name: hello\n  runtime: Python3.10\n  handler: index.main\n"
        f"  src: ./src\n  namespace: {namespace}\n{events}"
    )


def test_url_of_an_endpoint_on_this_machine_responds(project: Path, cloud: LocalServer) -> None:
    applied = scfdeploy("apply", project, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    url = applied.document["outputs"]["hello"]["url"]
    assert url == f"{cloud.url}/hello"
    assert "serveCommand" not in applied.document
    with urllib.request.urlopen(f"{url}/a", timeout=60) as answer:
        assert json.load(answer) == "/a"
    status = scfdeploy("status", project, "--format", "json", env=cloud.env).document
    assert status["functions"][0]["urls"] == [url]


@pytest.mark.waits("the server of --local completes changes by the clock of the machine")
def test_url_of_local_server_says_how_it_is_served(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    write(project, namespace="shop")
    shown = scfdeploy("apply", "--local", "--yes")
    assert shown.exit_code == 0, shown.stderr
    assert "url = http://127.0.0.1:9080/shop/hello\n" in shown.stdout
    hint = "`scfdeploy dev` or `scfdeploy emulator --data .scfdeploy/emulator.db` runs."
    assert hint in shown.stdout
    assert "tencentscf.com" not in shown.stdout
    assert hint in scfdeploy("status", "--local").stdout
    document = scfdeploy("status", "--local", "--format", "json").document
    assert document["functions"][0]["urls"] == ["http://127.0.0.1:9080/shop/hello"]
    assert document["serveCommand"] == "scfdeploy emulator --data .scfdeploy/emulator.db"
    with running(project / ".scfdeploy" / "emulator.db") as server:
        assert server.send("GET", "/shop/hello/a")[2] == b'"/a"'


@pytest.mark.waits("the server of --local completes changes by the clock of the machine")
def test_function_without_trigger_has_no_url(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    write(project, events="")
    shown = scfdeploy("apply", "--local", "--yes").stdout + scfdeploy("status", "--local").stdout
    assert "http://" not in shown
    assert "scfdeploy dev" not in shown
