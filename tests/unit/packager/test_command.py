"""Commands of the user: their output, timeouts, signals, and processes they leave running."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from scfdeploy.packager.command import CommandResult, run_command
from tests.support.processes import has_ended

ENVIRONMENT = {"PATH": os.environ["PATH"]}
LONG_S = 3600.0


def run(
    command: str | Sequence[str], told: list[str], *, timeout_s: float = LONG_S, stop: threading.Event | None = None
) -> CommandResult:
    return run_command(
        command, folder=".", environment=ENVIRONMENT, on_output=told.append, timeout_s=timeout_s, stop=stop
    )


def test_shell_command_returns_lines_and_exit_code() -> None:
    told: list[str] = []
    assert run("echo one; echo two >&2; printf 'three'; exit 3", told) == CommandResult(3)
    assert told == ["one", "two", "three"]


def test_words_are_run_without_a_shell() -> None:
    told: list[str] = []
    assert run((sys.executable, "-c", "import sys; print(sys.argv[1])", "$HOME; a"), told) == CommandResult(0)
    assert told == ["$HOME; a"]


def test_output_is_read_with_more_than_1024_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1200:
        pytest.skip(f"a process can have {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    opened = []
    try:
        while not opened or opened[-1] < 1024:
            opened.append(os.open(os.devnull, os.O_RDONLY))
        told: list[str] = []
        assert run("echo one", told) == CommandResult(0)
        assert told == ["one"]
    finally:
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_process_left_running_is_not_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    ended = run(f"sleep 600 & echo $! > {tmp_path}/pid; echo built", told)
    pid = int((tmp_path / "pid").read_text())
    try:
        assert (ended, told) == (CommandResult(0), ["built"])
        os.kill(pid, 0)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_output_of_process_left_running_is_ignored(tmp_path: Path) -> None:
    assert run(f"yes & echo $! > {tmp_path}/pid", []) == CommandResult(0)
    pid = int((tmp_path / "pid").read_text())
    with suppress(ProcessLookupError):  # its pipe is gone, which ends most programs
        os.kill(pid, signal.SIGKILL)


def test_all_output_before_the_end_is_passed_on(tmp_path: Path) -> None:
    told: list[str] = []
    command = f"sleep 600 & echo $! > {tmp_path}/pid; i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done"
    try:
        assert run(command, told) == CommandResult(0)
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert (len(told), told[-1]) == (20000, "line 19999")


def test_command_that_closes_its_output_is_waited_for() -> None:
    assert run("exec >&- 2>&-; sleep 0.2; exit 5", []) == CommandResult(5)


def test_output_without_line_endings_is_passed_on_in_pieces() -> None:
    told: list[str] = []
    assert run("head -c 1000000 /dev/zero | tr '\\0' a", told) == CommandResult(0)
    assert sum(map(len, told)) == 1_000_000
    assert max(map(len, told)) < 200_000


@pytest.mark.parametrize("ignoring", ["", "trap '' TERM; "])
def test_timed_out_command_is_ended_with_its_process_group(tmp_path: Path, ignoring: str) -> None:
    told: list[str] = []
    ended = run(f"{ignoring}sleep 600 & echo $! > {tmp_path}/pid; sleep 600; sleep 600", told, timeout_s=2)
    assert ended.timed_out
    assert ended.code < 0
    assert has_ended(int((tmp_path / "pid").read_text()))


def test_command_is_ended_when_stop_is_set(tmp_path: Path) -> None:
    stop = threading.Event()
    told: list[str] = []

    def on_line(line: str) -> None:
        told.append(line)
        stop.set()

    ended = run_command(
        "echo $$; sleep 600",
        folder=str(tmp_path),
        environment=ENVIRONMENT,
        on_output=on_line,
        timeout_s=LONG_S,
        stop=stop,
    )
    assert ended.code < 0
    assert not ended.timed_out
    assert has_ended(int(told[0]))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_command_and_raises_keyboard_interrupt(number: signal.Signals) -> None:
    told: list[str] = []
    before = signal.signal(number, lambda *_: None)

    def on_line(line: str) -> None:
        told.append(line)
        os.kill(os.getpid(), number)

    try:
        with pytest.raises(KeyboardInterrupt):
            run_command("echo $$; sleep 600", folder=".", environment=ENVIRONMENT, on_output=on_line, timeout_s=LONG_S)
        assert has_ended(int(told[0]))
    finally:
        signal.signal(number, before)


def test_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ended = run_command(
            "echo one; echo two",
            folder=".",
            environment=ENVIRONMENT,
            on_output=lambda _: os.kill(os.getpid(), signal.SIGHUP),
            timeout_s=LONG_S,
        )
    finally:
        signal.signal(signal.SIGHUP, before)
    assert ended == CommandResult(0)


def test_command_is_ended_when_output_callback_raises() -> None:
    told: list[str] = []

    def on_line(line: str) -> None:
        told.append(line)
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_command("echo $$; sleep 600", folder=".", environment=ENVIRONMENT, on_output=on_line, timeout_s=LONG_S)
    assert has_ended(int(told[0]))
