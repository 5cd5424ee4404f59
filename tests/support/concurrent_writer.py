"""A checkout with its emulator, and concurrent writes while a command runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scfdeploy.emulator.messages import Request, Response
from tests.support.command import Ran
from tests.support.crash_point_server import CrashPointServer
from tests.support.emulator import Cloud
from tests.support.forked_commands import CommandRunner, CommandSpec


class ConcurrentWriterServer(CrashPointServer):
    """Runs a function right before a chosen API call."""

    def __init__(self) -> None:
        super().__init__()
        self._before = ""
        self._left = 0
        self._do: Callable[[], object] = lambda: None

    def run_before(self, action: str, do: Callable[[], object], *, nth: int = 1) -> None:
        """Run `do` before the `nth` call of `action` from now on."""
        self._before, self._do, self._left = action, do, nth

    def _handle(self, request: Request) -> Response:
        if self._before and request.headers.get("x-tc-action") == self._before:
            self._left -= 1
            if not self._left:
                self._before = ""
                self._do()
        return super()._handle(request)


class Checkout:
    """A project directory, its emulator, and commands on it."""

    def __init__(
        self, commands: CommandRunner, place: Path, server: ConcurrentWriterServer, *, refresh: str = "full"
    ) -> None:
        self.server = server
        self._refresh = refresh
        self.cloud = Cloud(server.url)
        self.project = place / "project"
        self._commands = commands
        self._place = place
        self.project.mkdir()

    def order(
        self, command: str = "apply", *, folder: Path | None = None, name: str = "out", saved: str = ""
    ) -> CommandSpec:
        where = str(self._place / name)
        # A plan in a file, and a destroy, read everything.
        refresh = self._refresh if command == "apply" else "full"
        project = str(folder or self.project)
        return CommandSpec(command, project, self.server.url, where, prune=False, saved=saved, refresh=refresh)

    def run(self, command: str = "apply", **where: Any) -> Ran:
        return self._commands.run(self.order(command, **where))

    def calls(self, action: str) -> list[Any]:
        """The logged calls of an action."""
        return [call for call in self.cloud.control("calls")["calls"] if call["action"] == action]

    def other_checkout(self) -> Path:
        copy = self._place / "other"
        shutil.copytree(self.project, copy, ignore=shutil.ignore_patterns(".scfdeploy"))
        return copy

    def shown(self, name: str = "hello") -> Any:
        return self.cloud.call("GetFunction", FunctionName=name)


def errors(ended: Ran) -> dict[str, str]:
    """Error messages by address."""
    return {one["address"]: one["error"]["message"] for one in ended.document["results"] if one["error"]}
