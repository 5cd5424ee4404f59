"""The dependencies of one folder of code, and the errors of installing them.

A module per language (`python`, `nodejs`) has three functions:

- `find(root, runtime, scripts=…)`: the dependencies that the manifest and lock file directly in the folder `root` name,
  or None when there are none. Reads files only. Raises BuildError.
- `check(dependencies)`: raises BuildError for mistakes in files that `find` has not read, where `install` is certain to
  fail.
- `install(dependencies, staging, run=…)`: fills the empty folder `staging` with what goes into the archive beside the
  code. Raises BuildError, and CommandFailed when a command fails in a way that it cannot explain.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.packager.command import CommandResult
from scfdeploy.records import NamedTuple

DEPENDENCY_FILE_INVALID = Finding(
    "dependency-file-invalid",
    Severity.ERROR,
    "File of dependencies cannot be read",
    detail='"{file}" cannot be read: {reason}.',
    hint="Fix the file, or set `src.build: false` to package the code as it is.",
    title="A file of dependencies that cannot be read.",
    what="requirements.txt, pyproject.toml, package.json or a lock file is unreadable or has a mistake.",
    why="The dependencies of the code are unknown.",
    wrong="A uv.lock with the markers of a merge conflict.",
    right="`uv lock` run again.",
)
LOCK_OUTDATED = Finding(
    "lock-outdated",
    Severity.ERROR,
    "Lock file is out of date",
    detail='"{manifest}" names dependencies that "{lock}" does not have: {names}.',
    hint="Run `{command}`, and commit the lock file.",
    title="A lock file that is out of date.",
    what="pyproject.toml or package.json names a dependency that the lock file does not have.",
    why="Only what is locked is installed, so the code would lack that dependency.",
    wrong='`dependencies = ["flask"]`, written into pyproject.toml without running `uv lock`.',
    right="The same, after `uv lock`, `poetry lock` or `npm install`.",
)


class Dependencies(NamedTuple):
    """What to install, and how."""

    manager: str
    """uv, pip, npm, pnpm or yarn."""
    root: str
    """The folder of the manifest, an absolute path."""
    inputs: tuple[str, ...]
    """The absolute paths of the files that decide what is installed: manifest, lock file, and what they name."""
    runtime: str
    """A value of `runtime`, such as Python3.10."""
    scripts: bool = False
    """See BuildSettings."""
    unpinned: tuple[str, ...] = ()
    """Packages without an exact version: what is installed depends on the day."""
    replaces: tuple[str, ...] = ()
    """Names directly in the source, such as node_modules, that are not packaged when these dependencies are."""
    version: str = ""
    """The version of the manager, if the installed bytes depend on it."""


class Run(Protocol):
    """Starts commands of a build."""

    def __call__(
        self,
        words: Sequence[str],
        folder: str,
        *,
        quiet: bool = False,
        shown: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Run a program with arguments in `folder`, and return the lines that it prints. CommandFailed when it fails.

        It gets the environment without credentials, and `variables`. `shown` is the command as messages show it, if
        not as it is. `quiet` shows neither the command nor its output.
        """


class BuildError(Exception):
    """Dependencies cannot be installed. The arguments are those of `Finding.at`."""

    def __init__(
        self, finding: Finding, *, detail: str | None = None, hint: str | None = None, **values: object
    ) -> None:
        super().__init__(finding.id)
        self.finding = finding
        self.detail = detail
        self.hint = hint
        self.values: dict[str, Any] = values


class CommandFailed(Exception):  # noqa: N818 - says what happened
    """A command of a build ended with an error, or could not be started."""

    def __init__(
        self, words: Sequence[str], folder: str, result: CommandResult, lines: Sequence[str], timeout_s: float
    ) -> None:
        super().__init__(words[0])
        self.words = words
        self.folder = folder
        self.result = result
        self.timeout_s = timeout_s
        self.lines = lines
        """What it printed."""


def is_trusted(parent: str, folder: str) -> bool:
    """Whether a parent of a folder belongs to the owner of the folder: others can write to /tmp, for example."""
    if parent == os.path.dirname(parent):  # noqa: PTH120
        return False
    if os.name == "nt":  # where modes say nothing
        return True
    status = os.stat(parent)  # noqa: PTH116
    return status.st_uid == os.stat(folder).st_uid and not status.st_mode & stat.S_IWOTH  # noqa: PTH116
