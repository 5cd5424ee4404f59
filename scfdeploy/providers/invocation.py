"""The interface of a cloud provider for running functions: results of invocations, requests to URLs, responses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple, dataclass

if TYPE_CHECKING:
    from scfdeploy.model import Value


@dataclass(frozen=True, slots=True)
class Invocation:
    """The result of an invocation."""

    request_id: str
    result: Value = None
    """The return value, parsed from JSON."""
    error: tuple[str, str, str] | None = None
    """None when the function succeeded."""
    status_code: int = 200
    """The documented invocation status."""
    duration_ms: float | None = None
    memory_mb: float | None = None
    log: str = ""


class HttpRequest(NamedTuple):
    """A request to the URL of a function."""

    method: str = "GET"
    path: str = "/"
    """With the query, and with the beginning slash."""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


class HttpResponse(NamedTuple):
    """The response to it. Redirects are not followed."""

    method: str
    url: str
    status: int
    reason: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first header with this name, in any case; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")
