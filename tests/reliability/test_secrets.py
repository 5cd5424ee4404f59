"""Marked secrets in every place that secrets come from, and every command: none of them is shown or kept."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest
from typer.main import get_command

from scfdeploy.cli.app import app
from scfdeploy.emulator import Server, Settings
from tests.support.ci_project import PACKAGE
from tests.support.command import Ran, scfdeploy
from tests.support.command_process import CommandProcess, command_process
from tests.support.emulator import Cloud
from tests.support.measured import measure

FROM_FILE = "marked-in-the-file-1f0c"
FROM_DOTENV = "marked-in-dotenv-77aa"
FROM_OPTION = "marked-in-an-option-93bd"
FROM_ENVIRON = "marked-in-the-environment-41ce"
FROM_CLOUD = "marked-in-the-cloud-c0de"
KEY = "marked-secret-key-5e11"
PRIVATE_NOTE = "marked-note-in-dotenv-2b1e"
IN_URL = "marked-in-a-url-90d1"
BY_LOOK = "ghp_" + "MarkedByItsLook0123456789abcdef"
OF_A_HOOK = "marked-in-a-hook-61aa"
MARKED = (FROM_FILE, FROM_DOTENV, FROM_OPTION, FROM_ENVIRON, FROM_CLOUD, KEY, PRIVATE_NOTE, IN_URL, BY_LOOK, OF_A_HOOK)


def _in_base64(mark: str) -> str:
    return base64.b64encode(mark.encode()).decode().rstrip("=")[:-1]


PROJECT = f"""\
component: scf
name: hello
app: shop
inputs:
  name: hello
  src:
    src: ./src
    hook: HOOK_TOKEN={OF_A_HOOK} sh -c 'echo "$HOOK_TOKEN" "$OUTSIDE_KEY"'
  runtime: Python3.10
  handler: index.main_handler
  memorySize: %s
  description: ${{env:NOTE}}
  publish: true
  publishDescription: ${{env:NOTE}}
  aliasName: prod
  aliasDescription: ${{env:DOTENV_TOKEN}}
  tags:
    owner: ${{env:OUTSIDE_KEY}}
    note: ${{env:NOTE}}
  environment:
    variables:
      DB_PASSWORD: {FROM_FILE}
      API_TOKEN: ${{env:DOTENV_TOKEN}}
      SECRET_OF_AN_OPTION: ${{env:OPTION_SECRET}}
      ACCESS_KEY: ${{env:OUTSIDE_KEY}}
      DB: mysql://app:{IN_URL}@db.example/app
      FORGE: {BY_LOOK}
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
          argument: '{{"token": "${{env:DOTENV_TOKEN}}", "forge": "{BY_LOOK}", "note": "${{env:NOTE}}"}}'
"""
OLDER = f"""\
hello:
  component: "@serverless/tencent-scf"
  inputs:
    codeUri: ./src
    handler: index.main_handler
    runtime: Python3.10
    environment:
      variables:
        DB_PASSWORD: {FROM_FILE}
        API_TOKEN: |
          first line
          {FROM_FILE}
        "OTHER_KEY":
          {FROM_FILE}
"""
_CODE = "import os\n\ndef main_handler(event, context):\n    print(len(os.environ['DB_PASSWORD']))\n    return {}\n"


class Workplace:
    """A project with secrets, a server that knows the key, and all that commands have said so far."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.cloud = Cloud(url)
        self.said: list[tuple[str, str]] = []
        self.own = {folder / "serverless.yml", folder / ".env"}
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
        (folder / ".env").write_text(f"DOTENV_TOKEN={FROM_DOTENV}\nNOTE={PRIVATE_NOTE}\n")
        self.write()

    def write(self, *, memory: int = 128) -> None:
        (self.folder / "serverless.yml").write_text(PROJECT % memory)

    def run(self, *arguments: str | Path, **env: str) -> Ran:
        ran = scfdeploy(*arguments, env={**self._env, **env})
        self.said.append((" ".join(str(one) for one in arguments), ran.stdout + ran.stderr))
        return ran

    def on_project(self, command: str, *more: str | Path, **env: str) -> Ran:
        return self.run(command, self.folder, "--var", f"OPTION_SECRET={FROM_OPTION}", *more, **env)

    def at_project(self, *arguments: str, **env: str) -> Ran:
        """A command that is told the project by an option."""
        return self.run(*arguments, "--path", self.folder, "--var", f"OPTION_SECRET={FROM_OPTION}", **env)

    def leaks(self) -> list[str]:
        """Where a marked text is to be found: in what was said, and in files beside the project's own."""
        found = [
            f"{what}: {mark}" for what, text in self.said for mark in MARKED if mark in text or _in_base64(mark) in text
        ]
        for file in self.folder.rglob("*"):
            if file.is_file() and file not in self.own:
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


def test_commands_never_show_or_store_secrets(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.folder)
    _before_anything_is_deployed(work)
    _deploy_twice(work)
    _look_and_call(work)
    _follow_events(work)
    _move_calls(work)
    _take_over(work)
    _destroy_twice(work)
    _run_the_local_server(work, "text", "listening on")
    _run_the_local_server(work, "json", "{")
    _follow_the_files(work, "text", (" deployed in ", "hello: status 200"))
    _follow_the_files(work, "jsonl", ('"kind": "deployed"', '"statusCode": 200'))

    assert work.leaks() == []
    assert sorted(_ways() - _taken(work)) == [], "every command, each of its formats, and --debug and --report"
    measure("secrets", commands=len(work.said))


def _before_anything_is_deployed(work: Workplace) -> None:
    for output in ("text", "json", "github", "sarif", "junit"):
        work.on_project("validate", "--format", output, "--debug")
    assert work.run("init", work.folder / "fresh", "--debug").exit_code == 0
    assert work.run("init", work.folder / "fresh", "--format", "json").exit_code == 1
    for system in ("github", "gitlab", "jenkins", "coding", "cnb"):
        options = ("--package", PACKAGE, "--secret", "DOTENV_TOKEN", "--force", "--debug")
        refused = work.run("ci", "init", system, *options)
        assert refused.exit_code == 1
        assert "src.hook contains a secret" in refused.stderr
        written = work.run("ci", "init", system, "fresh", *options)
        assert written.exit_code == 0, written.stderr
    report = work.run("ci", "init", "github", "fresh", *options, "--format", "json")
    assert report.exit_code == 0, report.stderr
    older = work.folder / "older"
    (older / "src").mkdir(parents=True)
    (older / "src" / "index.py").write_text(_CODE)
    (older / "serverless.yml").write_text(OLDER)
    work.own.add(older / "serverless.yml")
    for more in ((), ("--format", "json"), ("--report", "-"), ("--debug", "--write")):
        migrated = work.run("migrate", older, *more)
        assert migrated.exit_code == 0, migrated.stderr
    for more in ((), ("--format", "json"), ("--debug",)):
        assert work.run("explain", "AuthFailure.SignatureFailure", *more).exit_code == 0
    for more in (("--debug",), ("--format", "json")):
        assert work.run("schema", *more).exit_code == 0
    for more in (("bash",), ("bash", "--debug"), ("bash", "--format", "json")):
        assert work.run("completion", *more).exit_code == 0
    for more in ((), ("--format", "json"), ("--debug",)):
        assert work.on_project("doctor", *more, HTTPS_PROXY=f"http://me:{IN_URL}@127.0.0.1:9").exit_code == 0


def _deploy_twice(work: Workplace) -> None:
    for output in ("text", "json"):
        assert work.on_project("build", "--format", output, "--debug").exit_code == 0
    saved = work.folder / "saved.plan"
    for output in ("text", "json", "markdown", "github"):
        work.on_project("plan", "--format", output, "--debug", *_reports(work, "plan"))
    for output in ("json", "github", "text"):
        applied = work.on_project("apply", "--yes", "--debug", "--format", output, *_reports(work, "apply"))
        assert applied.exit_code == 0, applied.stderr
    _change_in_the_cloud(work)
    work.write(memory=256)
    for output in ("text", "json"):
        work.on_project("status", "--format", output, "--debug", *_reports(work, "status"))
        work.on_project("plan", "--format", output)
    for more in (("--for", "plan"), ("--format", "text"), ("--format", "json"), ("--debug",)):
        assert work.on_project("policy", *more).exit_code == 0
    work.on_project("plan", "--refresh-only", "--format", "json")
    work.on_project("plan", "--out", str(saved), "--html", str(work.folder / "plan-page.html"), "--debug")
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert work.on_project("apply", "--plan", str(saved), "--format", "json", "--debug").exit_code == 0


def _look_and_call(work: Workplace) -> None:
    for more in ((), ("--format", "json"), ("--debug",)):
        assert work.run("invoke", "hello", "--data", "{}", *more).exit_code == 0
        assert work.at_project("versions", *more).exit_code == 0


def _follow_events(work: Workplace) -> None:
    """Commands for what happens after a call, on events whose attempts a fault rule fails."""
    work.cloud.control("faults", [{"action": "Invoke", "outcome": 430}])
    sent = work.run("invoke", "hello", "--async", "--data", "{}", "--format", "json").document
    for more in ((), ("--format", "json"), ("--debug",)):
        for command in (
            ("queue", "create", f"q{len(more)}{more[0:1] == ('--debug',)}"),
            ("queue", "create", f"t{len(more)}{more[0:1] == ('--debug',)}", "--topic"),
            ("queue", "subscribe", "t0False", "--to", "q0False"),
            ("queue", "send", "t0False", "{}"),
            ("queue", "list"),
            ("queue", "show", "q0False"),
            ("queue", "test", "q0False", "--handler", "hello"),
            ("queue", "redrive", "q0False"),
            ("queue", "purge", "q0False", "--yes"),
            ("events", "run"),
            ("events", "list", "hello"),
            ("events", "show", sent["requestId"], "--html", str(work.folder / "event.html")),
            ("events", "stats", "hello"),
            ("events", "cancel", sent["requestId"]),
            ("events", "pull", "--to", str(work.folder / "events.jsonl")),
            ("logs", "hello"),
            ("logs", "hello", "--format", "jsonl"),
            ("simulate", "--function", "hello", "--outcomes", "430,200", "--html", str(work.folder / "s.html")),
            ("simulate", "--function", "hello", "--outcomes", "430,200", "--format", "jsonl"),
            ("template", "list", "hello"),
            ("template", "save", "own", "--from", "timer", "--function", "hello"),
            ("template", "show", "own", "--function", "hello"),
            ("template", "delete", "own", "--function", "hello"),
        ):
            work.at_project(*command, *more)
    work.cloud.control("faults", [])


def _move_calls(work: Workplace) -> None:
    for more in ((), ("--format", "json"), ("--debug",)):
        for command in (
            ("alias", "set", "prod", "--to", "1"),
            ("alias", "shift", "prod", "--to", "2", "--steps", "50,100", "--check", "true"),
            ("rollback", "--alias", "prod", "--to", "1"),
        ):
            moved = work.at_project(*command, "--yes", *more)
            assert moved.exit_code == 0, moved.stderr


def _take_over(work: Workplace) -> None:
    _change_in_the_cloud(work)
    for number, more in enumerate(((), ("--code",), ("--format", "json"), ("--code", "--debug"))):
        into = work.folder / f"taken-{number}"
        taken = work.run("import", "hello", "--out", into, *more)
        assert taken.exit_code == 0, taken.stderr
        assert FROM_CLOUD in (into / ".env").read_text()
        work.own.add(into / ".env")
    for more in ((), ("--format", "json"), ("--all", "--out", work.folder / "account", "--debug")):
        assert work.run("import", *more).exit_code == 0


def _destroy_twice(work: Workplace) -> None:
    for more in ((), ("--format", "json")):
        destroyed = work.on_project("destroy", "--yes", "--debug", *more, *_reports(work, "destroy"))
        assert destroyed.exit_code == 0, destroyed.stderr


def _run_the_local_server(work: Workplace, output: str, beginning: str) -> None:
    options = ("--port", "0", "--data", work.folder / "cloud.db", "--credential", f"AKIDmine:{KEY}")
    with _started("emulator", *options, "--format", output) as (process, written):
        first = written.readline()
        process.terminate()
        work.said.append((f"emulator --format {output} ", first + written.read()))
    assert beginning in first


def _follow_the_files(work: Workplace, output: str, awaited: tuple[str, str]) -> None:
    options = ("--port", "0", "--debug", "--format", output, "--var", f"OPTION_SECRET={FROM_OPTION}")
    typed, keyboard = os.pipe()
    with (
        open(typed, "rb"),  # noqa: PTH123
        open(keyboard, "w", buffering=1, encoding="utf-8") as keys,  # noqa: PTH123
        _started("dev", work.folder, *options, stdin=typed) as (_, written),
    ):
        lines = []
        for after, line_to_type in zip(awaited, ("i hello", "q"), strict=True):
            while after not in (line := written.readline()):
                lines.append(line)
                assert line, "".join(lines)
            lines.append(line)
            keys.write(f"{line_to_type}\n")
        lines.append(written.read())
    work.said.append((f"dev {work.folder} --debug --format {output} ", "".join(lines)))


@contextmanager
def _started(*arguments: str | Path, stdin: int | None = None) -> Iterator[tuple[CommandProcess, TextIO]]:
    """A command that runs, and all that it writes."""
    environment = {**os.environ, "TENCENTCLOUD_SECRET_KEY": KEY, "OUTSIDE_KEY": FROM_ENVIRON}
    reading, writing = os.pipe()
    with (
        open(reading, encoding="utf-8") as written,  # noqa: PTH123
        command_process(*arguments, env=environment, stdin=stdin, stdout=writing, stderr=writing) as process,
    ):
        os.close(writing)
        yield process, written


def _reports(work: Workplace, command: str) -> list[str]:
    kept = {"json": "json", "markdown": "md", "step-summary": "step.md", "github": "txt", "html": "html"}
    return [word for form, end in kept.items() for word in ("--report", f"{form}={work.folder / command}.{end}")]


def _ways() -> set[str]:
    """Each command as it is typed, its formats, and `--debug`, `--report` and `--html` where it has them."""
    return set(_ways_of(get_command(app), ""))


def _ways_of(command: Any, typed: str) -> Iterator[str]:
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from _ways_of(command.get_command(None, name), f"{typed} {name}".strip())
        return
    yield typed
    for parameter in command.params:
        match parameter.opts[0]:
            case "--format":
                yield from (f"{typed} --format {choice}" for choice in parameter.type.choices)
            case "--debug" | "--report" | "--html" as option:
                yield f"{typed} {option}"


def _taken(work: Workplace) -> set[str]:
    """Those of the ways that were gone."""
    return {way for way in _ways() for typed, _ in work.said if _is_that(way, typed)}


def _is_that(way: str, typed: str) -> bool:
    command, _, option = way.partition(" --")
    if not f"{typed} ".startswith(f"{command} "):
        return False
    return not option or f"--{option} " in f"{typed} " or (option == "format text" and "--format" not in typed)


def test_failures_show_no_secrets(work: Workplace) -> None:
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
    refused = {"code": "AuthFailure.UnauthorizedOperation", "message": "you may not"}
    for fault in (refused | {"action": "ListAliases"}, refused | {"action": "GetFunction"}):
        work.cloud.control("faults", [fault])
        work.at_project("versions", "--debug")
        work.at_project("alias", "set", "prod", "--to", "1", "--yes", "--debug")
        work.at_project("rollback", "--yes", "--debug")
        work.run("import", "hello", "--out", work.folder / "taken", "--code", "--debug")
        work.run("invoke", "hello", "--debug")
    work.cloud.control("faults", [])
    work.own.add(work.folder / "taken" / ".env")
    work.on_project("plan", "--debug", TENCENTCLOUD_SECRET_KEY=KEY + "x")
    work.on_project("plan", "--debug", TENCENTCLOUD_SECRET_ID="AKIDnobody")
    (work.folder / "serverless.yml").write_text((PROJECT % 128) + "  colour: red\n")
    work.on_project("validate")
    work.run("migrate", work.folder, "--debug")
    (work.folder / "serverless.yml").write_text((PROJECT % 128).replace("  events:", "  events: [\n  wrong"))
    work.on_project("validate", "--debug")

    leaks = [leak for leak in work.leaks() if FROM_FILE not in leak]
    # The line of the file that is wrong may be shown, and the plan's own place is the file.
    assert leaks == []
    measure("secrets", commands=len(work.said))
