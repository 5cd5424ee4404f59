"""A small stand-in for GitHub's API: the comments of issues, behind a token."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.pipeline_steps import TOKEN

BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class GitHub:
    """What the API holds. `writable` says whether the token may write comments."""

    url: str = ""
    writable: bool = True
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def add(self, body: str, user: dict[str, str]) -> None:
        self.comments.append({"id": 1000 + len(self.comments), "user": user, "body": body})

    @property
    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]


@contextmanager
def github_api() -> Iterator[GitHub]:
    """Serve until the end of the block."""
    github = GitHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"github": github}))
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    github: GitHub

    def do_GET(self) -> None:
        self._answer(lambda _body: self._page())

    def do_POST(self) -> None:
        self._answer(self._create)

    def do_PATCH(self) -> None:
        self._answer(self._update)

    def _answer(self, act: Any) -> None:
        self.github.asked.append(f"{self.command} {self.path}")
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
        if self.headers["Authorization"] not in (f"Bearer {TOKEN}", f"token {TOKEN}"):
            self._send(401, {"message": "Bad credentials"})
        elif self.command != "GET" and not self.github.writable:
            self._send(403, {"message": "Resource not accessible by integration"})
        else:
            self._send(*act(body))

    def _page(self) -> tuple[int, object]:
        split = urlsplit(self.path)
        assert re.fullmatch(r"/repos/shop/orders/issues/7/comments", split.path), self.path
        asked = {key: int(values[0]) for key, values in parse_qs(split.query).items()}
        size = asked.get("per_page", 30)
        start = (asked.get("page", 1) - 1) * size
        return 200, self.github.comments[start : start + size]

    def _create(self, body: Any) -> tuple[int, object]:
        assert self.path == "/repos/shop/orders/issues/7/comments"
        self.github.add(body["body"], BOT)
        return 201, self.github.comments[-1]

    def _update(self, body: Any) -> tuple[int, object]:
        found = re.fullmatch(r"/repos/shop/orders/issues/comments/(\d+)", self.path)
        assert found
        (comment,) = [one for one in self.github.comments if one["id"] == int(found[1])]
        comment["body"] = body["body"]
        return 200, comment

    def _send(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
