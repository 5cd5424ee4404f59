"""HTTP requests and responses as values, the errors of the API, and parsing of JSON and numbers in requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
"""An object of the API, stored and passed as on the wire: its field names are the API's own."""

_MAX_DIGITS = 18
_MAX_SECONDS = 10 * 366 * 86400


class CloudError(Exception):
    """An API error: `code` as documented, `message` in our own words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ServerNotice(str):
    """A text for the user. Its template and values are for translation by whoever shows it; the text is English."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, /, **values: str) -> ServerNotice:
        """The template with its values; `scripts/extract_messages.py` finds the literal."""
        notice = super().__new__(cls, template.format(**values))
        notice.template, notice.values = template, values
        return notice


class ControlError(Exception):
    """An invalid request to a control path."""


class DataFileError(OSError):
    """The data file is not one of this server: only without it can the server start."""


class IsolationError(Exception):
    """The chosen isolation does not work on this machine; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request."""

    method: str
    path: str
    """As sent, without scheme and host."""
    query: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    authority: str = ""
    """Host and port of the target, if the client sent a whole URL as to a proxy."""

    @property
    def host(self) -> str:
        """The Host header as sent, or empty."""
        return self.headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    dropped: bool = False
    """Close the connection without a response."""
    sent: int | None = None
    """Send only this many bytes of the body, then close the connection."""
    outcome: str = "ok"
    """The outcome in the record of calls."""

    @classmethod
    def from_headers(
        cls, status: int, body: bytes, headers: Sequence[tuple[str, str]], *, default_type: str
    ) -> Response:
        """A response whose content type is one of the headers, or `default_type`."""
        types = [value for name, value in headers if name.lower() == "content-type"]
        others = tuple(header for header in headers if header[0].lower() != "content-type")
        return cls(status, body, types[0] if types else default_type, others)


@dataclass(frozen=True, slots=True)
class Admission:
    """Permission to read the body of a request."""

    max_body_bytes: int
    too_large: Callable[[], Response]
    """Makes the response to a larger body."""


def json_response(content: object, *, status: int = 200) -> Response:
    """A response whose content type is exactly `application/json`: some clients read errors only then."""
    # Clients may send lone surrogates; they are written as JSON escapes.
    return Response(status, json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def compact_json(content: object) -> str:
    """JSON without spaces, as the API writes JSON within texts."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def read_json(text: str | bytes) -> Any:
    """Parse JSON of a client. Raises ValueError if it is invalid or nested too deeply."""
    try:
        return json.loads(text, parse_constant=_reject_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def parse_number(text: str) -> int | None:
    """Parse a non-negative integer of at most 18 ASCII digits; None for any other text.

    `int` alone would accept signs, underscores and other scripts, and raises for thousands of digits.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


def parse_seconds(value: object) -> float | None:
    """A duration in seconds from JSON; None unless it is a number from 0 to ten years."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_SECONDS:
        return None
    return float(value)
