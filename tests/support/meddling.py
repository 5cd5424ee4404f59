"""A project in a checkout, its server, and others who write there while a command runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scfdeploy.emulator.messages import Answer, Request
from tests.support.cutting_server import CuttingServer
from tests.support.emulator import Cloud
from tests.support.prepared import Ended, Order, Prepared


class MeddlingServer(CuttingServer):
    """Does something else right before a call of an action."""

    def __init__(self) -> None:
        super().__init__()
        self._before = ""
        self._left = 0
        self._do: Callable[[], object] = lambda: None

    def meddle(self, action: str, do: Callable[[], object], *, nth: int = 1) -> None:
        """Before the call of `action` that is the `nth` from now on."""
        self._before, self._do, self._left = action, do, nth

    def _answer(self, request: Request) -> Answer:
        if self._before and request.headers.get("x-tc-action") == self._before:
            self._left -= 1
            if not self._left:
                self._before = ""
                self._do()
        return super()._answer(request)


class Site:
    """A project in a checkout, its server, and commands on it."""

    def __init__(self, commands: Prepared, place: Path, server: MeddlingServer) -> None:
        self.server = server
        self.cloud = Cloud(server.url)
        self.project = place / "project"
        self._commands = commands
        self._place = place
        self.project.mkdir()

    def order(self, command: str = "apply", *, folder: Path | None = None, name: str = "out", saved: str = "") -> Order:
        where = str(self._place / name)
        return Order(command, str(folder or self.project), self.server.url, where, prune=False, saved=saved)

    def run(self, command: str = "apply", **where: Any) -> Ended:
        return self._commands.run(self.order(command, **where))

    def calls(self, action: str) -> list[Any]:
        """The calls of an action that the server remembers."""
        return [call for call in self.cloud.control("calls")["calls"] if call["action"] == action]

    def other_checkout(self) -> Path:
        copy = self._place / "other"
        shutil.copytree(self.project, copy, ignore=shutil.ignore_patterns(".scfdeploy"))
        return copy

    def shown(self, name: str = "hello") -> Any:
        return self.cloud.call("GetFunction", FunctionName=name)


def errors(ended: Ended) -> dict[str, str]:
    """What failed, by its address: the message."""
    return {one["address"]: one["error"]["message"] for one in ended.document["results"] if one["error"]}
