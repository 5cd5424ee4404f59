"""Types a line into an interactive shell and presses Tab, as a user does."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from scfdeploy.scaffold.completion import completion_script
from tests.support.preloaded_command import start_command

_LIMIT_S = 60
_READY = "READY-FOR-INPUT"
_STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
_SETUPS = {
    "bash": "bind 'set enable-bracketed-paste off'; source {script}; PS1=''; printf '%s-%s\\n' READY FOR-INPUT\n",
    "zsh": "unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -D -u; source {script}; PS1=''; "
    "unsetopt prompt_sp; printf '%s-%s\\n' READY FOR-INPUT\n",
}


def require_shell(name: str) -> None:
    """Skip the test on a machine without the shell."""
    if shutil.which(name) is None:
        pytest.skip(f"needs {name}")


def completed(shell: str, line: str, folder: Path) -> list[str]:
    """The words of `line` after Tab was pressed at its end, as the shell would pass them to a program."""
    with _Terminal(shell, folder) as terminal:
        # Ctrl-A goes to the start of the line, where a command that prints the words is put before them.
        terminal.send(f"{line}\t\x01>../words printf '%s\\n' \n")
        terminal.send("printf '%s-%s\\n' END OF-LINE\n")
        terminal.read_until("END-OF-LINE")
    return (folder.parent / "words").read_text().splitlines()


def offered_by_fish(line: str, folder: Path) -> list[str]:
    """What fish offers at the end of a line: values without descriptions, as it would insert them."""
    script = _script("fish", folder)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {script}; complete --escape -C $argv[1]", line],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [found.partition("\t")[0] for found in done.stdout.splitlines()]


class _Terminal:
    """A shell on a pseudo-terminal."""

    def __init__(self, shell: str, folder: Path) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            _STARTS[shell],
            cwd=folder,
            env=_environment(folder),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._seen = ""
        self.send(_SETUPS[shell].format(script=_script(shell, folder)))
        self.read_until(_READY)

    def __enter__(self) -> _Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def send(self, text: str) -> None:
        """Type a text."""
        os.write(self._master, text.encode())

    def read_until(self, end: str) -> str:
        """What the terminal shows until `end`."""
        deadline = time.monotonic() + _LIMIT_S
        while end not in self._seen:
            readable, _, _ = select.select([self._master], [], [], max(0, deadline - time.monotonic()))
            assert readable, f"{end!r} is missing in {self._seen!r}"
            self._seen += os.read(self._master, 65536).decode("utf-8", "replace")
        shown, _, self._seen = self._seen.partition(end)
        return shown


def _script(shell: str, folder: Path) -> Path:
    path = folder.parent / f"script.{shell}"
    path.write_text(completion_script(shell))
    return path


def _environment(folder: Path) -> Mapping[str, str]:
    programs = folder.parent / "programs"
    if not programs.exists():
        programs.mkdir()
        program = programs / "scfdeploy"
        program.write_text(f'#!/bin/sh\nexec {start_command()} "$@"\n')
        program.chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(folder.parent), "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "300"}
