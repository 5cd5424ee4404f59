"""A started local server, what was called on it, and its control paths."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scfdeploy.emulator import Server, Settings

READS = ("Get", "List", "Describe")


@dataclass(frozen=True)
class LocalServer:
    """The server as a test sees it: by HTTP alone."""

    url: str

    @property
    def env(self) -> dict[str, str]:
        """What points the command line at it."""
        return {"SCFDEPLOY_ENDPOINT": self.url}

    def control(self, path: str, body: object = None) -> Any:
        """Ask a control path; with a body it is a POST."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data=data)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null")

    def calls(self) -> list[str]:
        """The actions called so far, in order."""
        return [call["action"] for call in self.control("calls")["calls"]]

    def writes(self) -> list[str]:
        """Those of them that change something."""
        return [action for action in self.calls() if not action.startswith(READS)]


@contextmanager
def local_server(*, activation_s: float = 0.0, latency_s: float = 0.0) -> Iterator[LocalServer]:
    """Start a server in memory, stop it afterwards."""
    with Server(settings=Settings(activation_s=activation_s, latency_s=latency_s)) as server:
        yield LocalServer(server.url)
