"""The command that decides on a shift is split and run without a shell, and its output shown."""

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
    told: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    limit_s: float = 3600,
) -> int:
    return run_check(
        words,
        folder=str(folder),
        environment=environment or {},
        tell=told.append,
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
def test_words_are_those_of_a_shell(command: str, words: tuple[str, ...]) -> None:
    assert split_command(command) == words


@pytest.mark.parametrize(
    ("command", "told"),
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
def test_shell_syntax_is_rejected(command: str, told: str) -> None:
    with pytest.raises(ScfDeployError) as error:
        split_command(command)
    assert f"to which alone {told} means" in error.value.message
    assert "sh -c" in (error.value.hint or "")


@pytest.mark.parametrize("command", ["", "  ", "'open"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    with pytest.raises(ScfDeployError):
        split_command(command)


def test_a_command_that_is_not_there_is_found_out_before() -> None:
    with pytest.raises(ScfDeployError, match="no command"):
        require_executable(("no-such-command-anywhere",), folder=".", environment=dict(os.environ))
    require_executable((sys.executable,), folder=".", environment=dict(os.environ))


def test_a_command_beside_the_project_is_found(tmp_path: Path) -> None:
    (tmp_path / "check.sh").write_text("#!/bin/sh\n")
    (tmp_path / "check.sh").chmod(0o755)
    require_executable(("./check.sh",), folder=str(tmp_path), environment={"PATH": ""})


def test_output_of_both_kinds_is_shown_and_the_code_given(tmp_path: Path) -> None:
    told: list[str] = []
    code = "import os, sys; print(os.getcwd()); print('bad', file=sys.stderr); print(os.environ['A']); sys.exit(3)"
    words = (sys.executable, "-u", "-c", code)
    assert check(words, tmp_path, told, environment={"A": "$B; 'x'"}) == 3
    assert sorted(told) == sorted([str(tmp_path), "bad", "$B; 'x'"])


def test_a_command_that_cannot_be_started_fails(tmp_path: Path) -> None:
    told: list[str] = []
    assert check(("./nothing",), tmp_path, told) == 127
    assert told == ["No such file or directory"]


def test_check_that_takes_too_long_fails_and_says_so(tmp_path: Path) -> None:
    told: list[str] = []
    words = (sys.executable, "-c", "import time; time.sleep(600)")
    assert check(words, tmp_path, told, limit_s=0.2) == 124
    assert told == ["the check did not end within 0.2 seconds and was stopped"]


def test_check_that_leaves_a_process_running_is_not_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    command = f"sleep 600 & echo $! > {tmp_path}/pid; echo fine"
    try:
        assert check(("/bin/sh", "-c", command), tmp_path, told, environment=dict(os.environ)) == 0
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert told == ["fine"]
