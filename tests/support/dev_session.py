"""Runs `dev` in this process: a script edits files and types lines where a watcher and a terminal would."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from scfdeploy.config import LoadOptions
from scfdeploy.emulator import Server, Settings
from scfdeploy.model import Secret
from scfdeploy.operations.dev.session import DevSession, FilesChanged, Input, LineTyped, request_ended
from scfdeploy.operations.request import CloudOptions, LocalServer, Request
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.retry import RetryPolicy
from scfdeploy.report.dev_lines import render_dev_event
from scfdeploy.report.text import TextStyle
from scfdeploy.results.dev import DevEvent, RequestEnded, UrlReady

Script = Callable[["Dev"], Iterator[Input]]
_LONGEST_S = 60


@dataclass
class Dev:
    """A session under way, as its script sees it."""

    root: Path
    server_url: str
    events: list[DevEvent] = field(default_factory=list)
    watched: list[frozenset[str]] = field(default_factory=list)
    runs: SimpleQueue[RequestEnded] = field(default_factory=SimpleQueue)

    def save(self, *files: tuple[str, str]) -> FilesChanged:
        """Write files, and return what the watcher says about it."""
        for name, text in files:
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text)
        return FilesChanged(frozenset(str(self.root / name) for name, _ in files))

    def type(self, text: str) -> LineTyped:
        """Type a line."""
        return LineTyped(text)

    def get(self, path: str) -> tuple[int, str]:
        """The status and the body of a GET request."""
        try:
            with urllib.request.urlopen(f"{self.server_url}{path}", timeout=_LONGEST_S) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def next_run(self) -> RequestEnded:
        """The next run of a function that ends."""
        return self.runs.get(timeout=_LONGEST_S)

    def texts(self) -> list[str]:
        """What was printed since the last call: each event as one text, without the time that it took."""
        events = list(self.events)
        self.events.clear()
        return ["".join(reversed(render_dev_event(event, TextStyle()))) for event in events]

    @property
    def urls(self) -> list[str]:
        """The URLs that were announced, without the server."""
        return [event.url.removeprefix(self.server_url) for event in self.events if isinstance(event, UrlReady)]


@contextmanager
def _server(dev: Dev, credentials: dict[str, str]) -> Iterator[Server]:
    with Server(
        credentials=credentials,
        settings=Settings(activation_s=0),
        control_key=credentials["AKIDdev"],
        on_run=lambda fields: dev.runs.put(request_ended(fields)),
    ) as server:
        yield server


def run_dev(
    root: Path,
    script: Script,
    *,
    watch: Callable[[frozenset[str]], None] | None = None,
    clock: Clock | None = None,
    **settings: Any,
) -> Dev:
    """Run a session in a project until its script ends. Functions are called at once, not in the background.

    Without `watch`, the script says which files have changed.
    """
    dev = Dev(root, "")
    with _server(dev, {"AKIDdev": "dev-secret"}) as server:
        dev.server_url = server.url
        local = LocalServer(server.url, "AKIDdev", Secret("dev-secret"), lasts=True)
        retry = RetryPolicy(first_poll_s=0)
        cloud = CloudOptions(local=lambda _folder: local, local_name="dev", retry=retry, clock=clock)
        session = DevSession(
            Request(
                str(root),
                LoadOptions(cwd=str(root), environ={"PATH": os.environ["PATH"], "HOME": str(root)}),
                on_output=lambda _line: None,
                on_build=lambda _line: None,
            ),
            cloud,
            dev.events.append,
            watch or dev.watched.append,
            start=lambda task: task(),
            **settings,
        )
        session.run(script(dev))
    return dev
