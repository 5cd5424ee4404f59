"""HTTP requests and answers as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Objects of the API are kept and passed as they are written on the wire: their field names are the API's own.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. Header names are lower-case. `path` and `query` are as sent, the scheme and host cut off.

    `authority` is that host with its port, where the client sent a whole URL as it does to a proxy.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    authority: str = ""

    @property
    def host(self) -> str:
        """The Host header exactly as sent, or empty."""
        return self.headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out. `dropped` closes the connection without a word instead.

    With `sent` only that many bytes of the body go out before the connection closes. `outcome` is what the record of
    calls says of it.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    dropped: bool = False
    sent: int | None = None
    outcome: str = "ok"


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that may be answered once its body is here. `too_large` answers one with more than `max_body_bytes`."""

    max_body_bytes: int
    too_large: Callable[[], Answer]


def json_answer(content: object, *, status: int = 200) -> Answer:
    """An answer whose content type is exactly `application/json`: some clients read errors only then."""
    # Halves of characters, which clients may send, are shown as JSON escapes them.
    return Answer(status, json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def read_json(text: str | bytes) -> Any:
    """What a client sent as JSON. ValueError when it is none, or nested too deep to be read."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
