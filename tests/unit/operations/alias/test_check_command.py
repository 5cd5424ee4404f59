"""The check command of a traffic shift is split and run without a shell, and its output is shown."""

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.operations.alias.check_command import require_executable, run_check, split_command


def check(
    words: Sequence[str],
    folder: Path,
    lines: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    limit_s: float = 3600,
) -> int:
    return run_check(
        words,
        folder=str(folder),
        environment=environment or {},
        on_output=lines.append,
        limit_s=limit_s,
        stop=threading.Event(),
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("curl -f https://x/a?b=c", ("curl", "-f", "https://x/a?b=c")),
        ("grep -q '|' f", ("grep", "-q", "|", "f")),
        ('grep "a|b" f', ("grep", "a|b", "f")),
        ("echo '$HOME `id`'", ("echo", "$HOME `id`")),
        ("grep end$ f", ("grep", "end$", "f")),
        (r"find . \;", ("find", ".", ";")),
        ("sh -c 'a && b'", ("sh", "-c", "a && b")),
        ('echo "it\'s"', ("echo", "it's")),
    ],
)
def test_command_is_split_like_in_a_shell(command: str, words: tuple[str, ...]) -> None:
    assert split_command(command) == words


@pytest.mark.parametrize(
    ("command", "syntax"),
    [
        ("a && b", "&&"),
        ("a|b", "|"),
        ("a; b", ";"),
        ("a > f", ">"),
        ("curl https://x/?a=1&b=2", "&"),
        ("echo $HOME", "$HOME"),
        ('echo "${HOME}"', "${HOME"),
        ("echo `id`", "`"),
    ],
)
def test_shell_syntax_is_rejected(command: str, syntax: str) -> None:
    with pytest.raises(ScfDeployError) as error:
        split_command(command)
    assert f"contains the shell syntax {syntax}, but" in error.value.message
    assert "sh -c" in (error.value.hint or "")


@pytest.mark.parametrize("command", ["", "  ", "'open"])
def test_empty_or_unclosed_command_is_rejected(command: str) -> None:
    with pytest.raises(ScfDeployError):
        split_command(command)


def test_missing_command_is_rejected_before_the_shift() -> None:
    with pytest.raises(ScfDeployError, match="does not exist"):
        require_executable(("no-such-command-anywhere",), folder=".", environment=dict(os.environ))
    require_executable((sys.executable,), folder=".", environment=dict(os.environ))


def test_command_in_the_folder_is_executable(tmp_path: Path) -> None:
    (tmp_path / "check.sh").write_text("#!/bin/sh\n")
    (tmp_path / "check.sh").chmod(0o755)
    require_executable(("./check.sh",), folder=str(tmp_path), environment={"PATH": ""})


def test_stdout_stderr_and_exit_code_are_returned(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import os, sys; print(os.getcwd()); print('bad', file=sys.stderr); print(os.environ['A']); sys.exit(3)"
    words = (sys.executable, "-u", "-c", code)
    assert check(words, tmp_path, lines, environment={"A": "$B; 'x'"}) == 3
    assert sorted(lines) == sorted([str(tmp_path), "bad", "$B; 'x'"])


def test_command_that_cannot_start_returns_127(tmp_path: Path) -> None:
    lines: list[str] = []
    assert check(("./nothing",), tmp_path, lines) == 127
    assert lines == ["No such file or directory"]


def test_check_that_exceeds_its_limit_fails_with_message(tmp_path: Path) -> None:
    lines: list[str] = []
    words = (sys.executable, "-c", "import time; time.sleep(600)")
    assert check(words, tmp_path, lines, limit_s=0.2) == 124
    assert lines == ["the check was stopped after its time limit of 0.2 s"]


def test_check_does_not_wait_for_background_process(tmp_path: Path) -> None:
    lines: list[str] = []
    command = f"sleep 600 & echo $! > {tmp_path}/pid; echo fine"
    try:
        assert check(("/bin/sh", "-c", command), tmp_path, lines, environment=dict(os.environ)) == 0
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert lines == ["fine"]
