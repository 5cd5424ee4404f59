"""Input that somebody made to hurt, or a disk that is broken: an answer in words, and nothing else happens."""

from __future__ import annotations

import errno
import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud, running
from tests.support.local_server import LocalServer, local_server
from tests.support.measured import measure
from tests.support.project import TIMER, write_project
from tests.support.sampling import sample_size

_FEW = settings(max_examples=sample_size(60), deadline=None, suppress_health_check=list(HealthCheck))
_YAML = [
    "component: scf\n",
    "name: a\n",
    "inputs:\n",
    "  src: .\n",
    "  - ",
    ": ",
    "&a ",
    "*a",
    "<<: ",
    "!!python/object ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "|\n",
    ">\n",
    "#",
    "\t",
    "\n",
    "  ",
    "---\n",
    "%YAML 9\n",
    "? ",
    "\x85",
    "\ufeff",
    "é",
    "0x_",
    "1e999",
    "~",
    "\\e[2J",
    "runtime: Python3.10\n",
    "events:\n",
    "handler: ",
]
_VARIABLES = [
    "${",
    "}",
    "${env:",
    "${output:",
    "${file(",
    ")",
    "a",
    ".",
    ":",
    "stage",
    "app",
    "name",
    "$",
    "\\",
    ",",
    "'x'",
]


def _is_calm(ran: Ran) -> None:
    """It ended with an exit code of the contract, in words, without a trace and without commands to the terminal."""
    told = ran.stdout + ran.stderr
    assert ran.exit_code in (0, 1, 2, 3), told
    assert "internal error:" not in told, told
    assert "Traceback" not in told, told
    assert not set(told) & {"\x1b", "\x07", "\x08", "\x9b", "\u202e"}, repr(told)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("hostile"))


@_FEW
@given(st.one_of(st.lists(st.sampled_from(_YAML), max_size=30).map("".join), st.text(max_size=200)))
@example("a: &a [*a]")
@example("&a a: *a")
@example("{" * 2000)
@example("- " * 2000)
@example("x: " + "[" * 5000)
def test_random_text_is_read_or_rejected(folder: Path, text: str) -> None:
    (folder / "serverless.yml").write_text(text, encoding="utf-8", errors="replace")
    _is_calm(scfdeploy("validate", folder))
    measure("hostile files", tried=1)


@_FEW
@given(st.binary(max_size=200))
@example(b"\xff\xfe\x00")
@example(b"\x00" * 100)
def test_random_bytes_are_read_or_rejected(folder: Path, content: bytes) -> None:
    (folder / "serverless.yml").write_bytes(content)
    _is_calm(scfdeploy("validate", folder))
    measure("hostile files", tried=1)


@_FEW
@given(st.lists(st.sampled_from(_VARIABLES), max_size=12).map("".join), st.text(max_size=40))
@example("${env:" * 300 + "x" + "}" * 300, "")
def test_random_variable_and_cron_are_read_or_rejected(folder: Path, variable: str, cron: str) -> None:
    project = write_project(folder, TIMER)
    text = (project / "serverless.yml").read_text()
    text = text.replace("name: hello\napp", f"name: {json.dumps(variable)}\napp")
    (project / "serverless.yml").write_text(text.replace('"0 0 2 * * * *"', json.dumps(cron)), errors="replace")
    _is_calm(scfdeploy("validate", folder, "--var", "a=${a}"))
    measure("hostile files", tried=1)


def test_terminal_commands_are_escaped(tmp_path: Path) -> None:
    evil = "\\e]0;owned\\a\\e[2J\\x9b31m\\u202e"
    project = write_project(tmp_path, f'  description: "{evil}"\n  colour: "{evil}"\n  memorySize: "{evil}"\n')
    with local_server() as cloud:
        for command in ("validate", "plan"):
            _is_calm(scfdeploy(command, project, env=cloud.env))
        project = write_project(tmp_path, f'  environment: {{variables: {{LANG: "{evil}"}}}}\n')
        for output in ("text", "markdown"):
            _is_calm(scfdeploy("plan", project, "--format", output, env=cloud.env))
        cloud.control(
            "faults", [{"action": "CreateFunction", "code": "LimitExceeded.\x1b[2J", "message": "\x1b[31m\u202e"}]
        )
        _is_calm(scfdeploy("apply", project, "--yes", env=cloud.env))


class Saved:
    """A project and a plan of it in a file."""

    def __init__(self, folder: Path, cloud: LocalServer) -> None:
        self.cloud = cloud
        self.file = folder / "saved.plan"
        planned = scfdeploy("plan", write_project(folder / "project"), "--out", self.file, env=cloud.env)
        assert planned.exit_code == 0, planned.stderr
        self.content = self.file.read_bytes()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saved]:
    with local_server() as cloud:
        yield Saved(tmp_path_factory.mktemp("saved"), cloud)


@_FEW
@given(st.data())
def test_damaged_saved_plan_is_rejected_without_changes(saved: Saved, data: st.DataObject) -> None:
    content = bytearray(saved.content)
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(1, 8))] = data.draw(st.binary(max_size=8))
    saved.file.write_bytes(content)
    assume(not _means_the_same(bytes(content), saved.content))
    ran = scfdeploy("apply", "--plan", saved.file, env=saved.cloud.env)
    _is_calm(ran)
    assert ran.exit_code != 0
    assert saved.cloud.writes() == []
    measure("damaged plans", tried=1)


def _means_the_same(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


@pytest.fixture(scope="module")
def server() -> Iterator[Cloud]:
    with running() as cloud:
        yield cloud


_LINES = [
    b"POST / HTTP/1.1\r\n",
    b"GET /_emulator/state HTTP/1.1\r\n",
    b"PUT /x HTTP/1.1\r\n",
    b"Host: 127.0.0.1\r\n",
    b"Host: a-1.cos.ap-guangzhou.myqcloud.com\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"X-TC-Action: GetFunction\r\n",
    b"\r\n",
    b"ffffffff\r\n",
    b"-1\r\n",
    b"0\r\n\r\n",
    b"{}",
    b"Authorization: TC3-HMAC-SHA256 Credential=//\r\n",
    b"\x00\xff",
    b"A" * 7000,
]


@_FEW
@given(st.one_of(st.lists(st.sampled_from(_LINES), max_size=12).map(b"".join), st.binary(max_size=300)))
@example(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n")
@example(b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")
def test_emulator_survives_random_requests(server: Cloud, sent: bytes) -> None:
    host, _, port = server.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass
        except OSError as error:
            # It may hang up on such a client, and then there is no connection left to close.
            if not isinstance(error, ConnectionError) and error.errno != errno.ENOTCONN:
                raise
    assert server.control("health")["ok"] is True
    measure("hostile requests", tried=1)


@pytest.mark.waits("0.25 s: a server of --local is not known before the command runs")
def test_files_with_secrets_are_readable_by_owner_only(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    plan = tmp_path / "saved.plan"
    assert scfdeploy("plan", project, "--local", "--out", plan).exit_code == 0
    assert scfdeploy("apply", project, "--local", "--yes").exit_code == 0
    own = project / ".scfdeploy"
    files = [plan, *(file for file in own.rglob("*") if file.is_file() and file.name != ".gitignore")]
    assert {file.name for file in files} >= {"saved.plan", "emulator.db"}
    assert {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in files} == dict.fromkeys(
        (file.name for file in files), "0o600"
    )
