"""Marked secrets in every place that secrets come from, and every command: none of them is shown or kept."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.measured import measure

FROM_FILE = "marked-in-the-file-1f0c"
FROM_DOTENV = "marked-in-dotenv-77aa"
FROM_OPTION = "marked-in-an-option-93bd"
FROM_ENVIRON = "marked-in-the-environment-41ce"
FROM_CLOUD = "marked-in-the-cloud-c0de"
KEY = "marked-secret-key-5e11"
MARKED = (FROM_FILE, FROM_DOTENV, FROM_OPTION, FROM_ENVIRON, FROM_CLOUD, KEY)

PROJECT = f"""\
component: scf
name: hello
app: shop
inputs:
  name: hello
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
  memorySize: %s
  environment:
    variables:
      DB_PASSWORD: {FROM_FILE}
      API_TOKEN: ${{env:DOTENV_TOKEN}}
      SECRET_OF_AN_OPTION: ${{env:OPTION_SECRET}}
      ACCESS_KEY: ${{env:OUTSIDE_KEY}}
  events:
    - timer: {{parameters: {{name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}}}
"""
_CODE = "import os\n\ndef main_handler(event, context):\n    print(len(os.environ['DB_PASSWORD']))\n    return {}\n"


class Workplace:
    """A project with secrets, a server that knows the key, and all that commands have said so far."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.cloud = Cloud(url)
        self.said: list[tuple[str, str]] = []
        self._env = {
            "SCFDEPLOY_ENDPOINT": url,
            "TENCENTCLOUD_SECRET_ID": "AKIDmine",
            "TENCENTCLOUD_SECRET_KEY": KEY,
            "OUTSIDE_KEY": FROM_ENVIRON,
            "HOME": str(folder / "home"),
        }
        (folder / "src").mkdir(parents=True)
        (folder / "home").mkdir()
        (folder / "src" / "index.py").write_text(_CODE)
        (folder / ".env").write_text(f"DOTENV_TOKEN={FROM_DOTENV}\n")
        self.write()

    def write(self, *, memory: int = 128) -> None:
        (self.folder / "serverless.yml").write_text(PROJECT % memory)

    def run(self, *arguments: str | Path, **env: str) -> Ran:
        ran = scfdeploy(*arguments, env={**self._env, **env})
        self.said.append((" ".join(str(one) for one in arguments), ran.stdout + ran.stderr))
        return ran

    def on_project(self, command: str, *more: str | Path, **env: str) -> Ran:
        return self.run(command, self.folder, "--var", f"OPTION_SECRET={FROM_OPTION}", *more, **env)

    def leaks(self) -> list[str]:
        """Where a marked text is to be found: in what was said, and in files beside the project's own."""
        found = [f"{what}: {mark}" for what, text in self.said for mark in MARKED if mark in text]
        for file in self.folder.rglob("*"):
            if file.is_file() and file.name not in ("serverless.yml", ".env"):
                content = file.read_bytes()
                found += [f"{file.relative_to(self.folder)}: {mark}" for mark in MARKED if mark.encode() in content]
        return found


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    with Server(settings=Settings(activation_s=0), credentials={"AKIDmine": KEY}) as server:
        yield Workplace(tmp_path, server.url)


def _change_in_the_cloud(work: Workplace) -> None:
    """Somebody puts a secret of their own into the function; signed with the key that the server knows."""
    import tests.support.emulator as hand

    body = {"FunctionName": "hello", "Environment": {"Variables": [{"Key": "CLOUD_PASSWORD", "Value": FROM_CLOUD}]}}
    content = json.dumps(body).encode()
    headers = hand.tc3_headers(
        work.cloud.address, "UpdateFunctionConfiguration", content, secret_id="AKIDmine", secret_key=KEY
    )
    assert b"Error" not in work.cloud.send("POST", "/", content, headers)[2]


def test_no_command_shows_or_keeps_a_secret(work: Workplace) -> None:
    saved = work.folder / "saved.plan"
    for output in ("text", "json", "github", "sarif", "junit"):
        work.on_project("validate", "--format", output)
    for output in ("text", "json", "markdown", "github"):
        work.on_project("plan", "--format", output, "--debug")
    assert work.on_project("apply", "--yes", "--debug").exit_code == 0
    _change_in_the_cloud(work)
    work.write(memory=256)
    for output in ("text", "json"):
        work.on_project("status", "--format", output, "--debug")
        work.on_project("plan", "--format", output)
    work.on_project("plan", "--refresh-only", "--format", "json")
    work.on_project("plan", "--out", str(saved), "--debug")
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert work.on_project("apply", "--plan", str(saved), "--format", "json", "--debug").exit_code == 0
    for more in ((), ("--format", "json"), ("--debug",)):
        work.run("invoke", "hello", "--data", "{}", *more)
    work.run("explain", "AuthFailure.SignatureFailure")
    work.run("schema")
    assert work.on_project("destroy", "--yes", "--debug").exit_code == 0

    assert work.leaks() == []
    measure("secrets", commands=len(work.said))


def test_what_goes_wrong_shows_no_secret_either(work: Workplace) -> None:
    faults = [
        {"code": "InternalError", "message": "it broke"},
        {"garbled": "page"},
        {"garbled": "half"},
        {"status": 500, "message": "nothing here"},
        {"drop": "after"},
        {"action": "CreateFunction", "async_failure": "no such role"},
        {"action": "CreateFunction", "code": "InvalidParameterValue.Environment", "message": "a variable is wrong"},
    ]
    for fault in faults:
        work.cloud.control("faults", [fault])
        work.on_project("apply", "--yes", "--retries", "0", "--debug")
        work.on_project("apply", "--yes", "--retries", "0", "--format", "json")
    work.cloud.control("faults", [])
    work.on_project("plan", "--debug", TENCENTCLOUD_SECRET_KEY=KEY + "x")
    work.on_project("plan", "--debug", TENCENTCLOUD_SECRET_ID="AKIDnobody")
    (work.folder / "serverless.yml").write_text((PROJECT % 128) + "  colour: red\n")
    work.on_project("validate")
    (work.folder / "serverless.yml").write_text((PROJECT % 128).replace("  events:", "  events: [\n  wrong"))
    work.on_project("validate", "--debug")

    leaks = [leak for leak in work.leaks() if FROM_FILE not in leak]
    # The line of the file that is wrong may be shown, and the plan's own place is the file.
    assert leaks == []
    measure("secrets", commands=len(work.said))
