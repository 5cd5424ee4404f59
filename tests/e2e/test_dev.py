"""`scfdeploy dev` as a process: save, request, type, and stop."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.document_schemas import check
from tests.support.preloaded_command import ForkedCommand, fork_command
from tests.support.processes import has_ended
from tests.support.project import TIMER, write_project

_LONGEST_S = 60
URL = "    - http: {name: url, parameters: {netConfig: {enableExtranet: true}, authType: CAM}}\n"
CODE = "import os\ndef main_handler(event, context):\n    print('pid', os.getpid())\n    return %r\n"


class Process:
    """A started `dev`, whose lines are read as they come."""

    def __init__(self, command: ForkedCommand, stdin: int, stdout: int) -> None:
        self.command = command
        self._stdin, self._stdout = stdin, stdout
        self._rest = b""

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read lines until one matches."""
        seen = []
        while True:
            line = self._line()
            assert line is not None, "".join(seen)
            seen.append(line)
            match = re.search(pattern, line)
            if match is not None:
                return match

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._stdin, f"{text}\n".encode())

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, and wait for the end."""
        self.command.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end."""
        return self.command.wait(_LONGEST_S)

    def _line(self) -> str | None:
        while b"\n" not in self._rest:
            if not select.select([self._stdout], [], [], _LONGEST_S)[0]:
                return None
            chunk = os.read(self._stdout, 1 << 16)
            if not chunk:
                return None
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode() + "\n"


@contextmanager
def dev(root: Path, *options: str, is_typing: bool = True) -> Iterator[Process]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "LANG": "C.UTF-8"}
    typed, keyboard = os.pipe() if is_typing else (os.open(os.devnull, os.O_RDONLY), -1)
    screen, printed = os.pipe()
    streams = (typed, printed, printed)
    command = fork_command(["dev", "--port", "0", *options], folder=root, environment=environment, streams=streams)
    os.close(typed)
    os.close(printed)
    try:
        yield Process(command, keyboard, screen)
    finally:
        command.close()
        os.close(screen)
        if is_typing:
            os.close(keyboard)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=_LONGEST_S) as response:
        return str(response.read().decode())


def test_save_request_and_stop(tmp_path: Path) -> None:
    write_project(tmp_path, TIMER + URL, code=CODE % "one")
    with dev(tmp_path) as run:
        run.wait_for("1 function deployed")
        url = run.wait_for(r"^ready: (http://127\.0\.0\.1:\d+/hello)$")[1]
        assert get(url) == '"one"'
        run.wait_for("hello: GET / 200, ")
        (tmp_path / "src/index.py").write_text(CODE % "two")
        run.wait_for("hello: code updated in ")
        assert get(url) == '"two"'
        (tmp_path / "serverless.yml").write_text("component: [\n")
        run.wait_for("serverless.yml:")
        write_project(tmp_path, TIMER + URL, code=CODE % "three")
        run.wait_for("hello: code updated in ")
        run.type("t hello")
        run.wait_for("hello: timer nightly fired")
        pid = int(run.wait_for(r"^  pid (\d+)$")[1])
        run.wait_for('Result: "three"')

        assert run.stop() == 0
        assert has_ended(pid), "no process of a function is left behind"


def test_closed_standard_input_does_not_end_it(tmp_path: Path) -> None:
    write_project(tmp_path, TIMER, code=CODE % "one")
    with dev(tmp_path, "--invoke", "timer", is_typing=False) as run:
        run.wait_for('Result: "one"')
        (tmp_path / "src/index.py").write_text(CODE % "two")
        run.wait_for('Result: "two"')

        assert run.stop(signal.SIGTERM) == 0


def test_events_are_lines_of_json(tmp_path: Path) -> None:
    write_project(tmp_path, TIMER + URL + "  environment: {variables: {TOKEN: marked-9f3c}}\n", code=CODE % "one")
    with dev(tmp_path, "--format", "jsonl", "--lang", "zh") as run:
        seen: list[dict[str, Any]] = []

        def wait_for(kind: str) -> dict[str, Any]:
            while True:
                event: dict[str, Any] = json.loads(run.wait_for(r"^\{.*\}$")[0])
                check("dev-event", event)
                seen.append(event)
                if event["kind"] == kind:
                    return event

        server = wait_for("server")
        assert wait_for("deployed")["summary"]["succeeded"] > 0
        url = wait_for("ready")["url"]
        assert url.startswith(server["url"])
        assert get(url) == '"one"'
        assert wait_for("request")["http"] == {"method": "GET", "path": "/", "status": 200}
        (tmp_path / "serverless.yml").write_text("component: [\n")
        assert wait_for("rejected")["diagnostics"]
        write_project(tmp_path, TIMER + URL, code=CODE % "two")
        assert wait_for("deployed")["ok"]
        run.type("t hello")
        assert wait_for("timers") == {"kind": "timers", "function": "hello", "timers": ["nightly"]}
        assert wait_for("request")["result"] == "two"
        run.type("t nobody")
        assert wait_for("error")["message"]
        assert run.stop() == 0
    text = json.dumps(seen, ensure_ascii=False)
    assert "marked-9f3c" not in text
    assert text.isascii(), "documents for programs are in English"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_further_signals_do_not_disturb_its_end(tmp_path: Path, number: signal.Signals) -> None:
    write_project(tmp_path)
    with dev(tmp_path) as run:
        run.wait_for("1 function deployed")
        run.command.send_signal(number)
        run.command.send_signal(signal.SIGINT)

        assert run.stop(signal.SIGTERM) == 0
        run.wait_for("^stopped$")


def test_replaced_folder_is_followed(tmp_path: Path) -> None:
    write_project(tmp_path, code=CODE % "one")
    with dev(tmp_path, "--invoke", "timer") as run:
        run.wait_for('Result: "one"')
        (tmp_path / "src").rename(tmp_path / "other")
        run.wait_for("There is no folder or archive")
        write_project(tmp_path, code=CODE % "two")
        run.wait_for('Result: "two"')
        (tmp_path / "src").rename(tmp_path / "old")
        (tmp_path / "other").rename(tmp_path / "src")
        run.wait_for('Result: "one"')
        (tmp_path / "src/index.py").write_text(CODE % "three")
        run.wait_for('Result: "three"')


def test_typed_line_ends_it(tmp_path: Path) -> None:
    write_project(tmp_path)
    with dev(tmp_path) as run:
        run.wait_for("1 function deployed")
        run.type("q")

        assert run.wait() == 0


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [(("nothing-here",), 3, "does not exist"), (("--port", "65536"), 2, "65536"), (("--var", "x"), 2, "KEY=VALUE")],
)
def test_wrong_use_ends_at_once(tmp_path: Path, options: tuple[str, ...], code: int, text: str) -> None:
    with dev(tmp_path, *options) as run:
        run.wait_for(text)

        assert run.wait() == code


def test_port_in_use_is_an_error(tmp_path: Path) -> None:
    write_project(tmp_path / "one", name="one")
    write_project(tmp_path / "two", name="two")
    with dev(tmp_path / "one") as first:
        port = first.wait_for(r"^Local server at http://127\.0\.0\.1:(\d+)\.")[1]
        with dev(tmp_path / "two", "--port", port) as second:
            second.wait_for(f"cannot start on port {port}")

            assert second.wait() == 1
