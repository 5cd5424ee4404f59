"""Forwards a request to the program of a web function, and returns its response."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable

from scfdeploy.emulator.messages import Request, Response
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.facts import limit

PORT = limit("image.port.web")
_HOST = f"127.0.0.1:{PORT}"
_MAX_BYTES = limit("event.sync_max_bytes")
_NOT_FORWARDED = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive"})
_NOT_RETURNED = _NOT_FORWARDED | {"date"}


class WebError(Exception):
    """A web function that gave no response: the documented status, and the output of its program."""

    def __init__(self, status: int, message: str, output: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.output = output


def forward(invocation: Invocation, request: Request, kill: Callable[[], None], address: tuple[str, int]) -> Response:
    """Forward a request to the program at an address and return its response, within the limits of size and time.

    Raises WebError, without the output of the program.
    """
    seconds = invocation.version["Timeout"]
    connection = http.client.HTTPConnection(*address, timeout=seconds)
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_FORWARDED}
    headers |= {"Host": _HOST} | _platform_headers(invocation)
    target = f"{request.path}?{request.query}" if request.query else request.path
    timeout_message = f"Invoking task timed out after {seconds} seconds"
    # The timeout of the socket restarts with each byte, so it does not limit the total time.
    timer = _KillTimer(seconds, kill)
    try:
        connection.request(request.method, target, request.body, headers)
        response = connection.getresponse()
        body = response.read(_MAX_BYTES + 1)
        if response.length and len(body) <= _MAX_BYTES:
            raise http.client.IncompleteRead(body, response.length)
    except (OSError, http.client.HTTPException) as error:
        if timer.expired or isinstance(error, TimeoutError):
            raise WebError(433, timeout_message) from error
        raise WebError(439, f"the function ended without a response: {error}") from error
    finally:
        timer.cancel()
        connection.close()
    if timer.expired:
        raise WebError(433, timeout_message)
    if len(body) > _MAX_BYTES:
        raise WebError(407, f"the response is larger than {_MAX_BYTES >> 20} MB")
    headers_to_client = [header for header in response.getheaders() if header[0].lower() not in _NOT_RETURNED]
    return Response.from_headers(response.status, body, headers_to_client, default_type="text/plain")


class _KillTimer(threading.Timer):
    """Calls `kill` after a number of seconds, and sets `expired`."""

    def __init__(self, seconds: float, kill: Callable[[], None]) -> None:
        self.expired = False
        self._kill = kill
        super().__init__(seconds, self._expire)
        self.daemon = True
        self.start()

    def _expire(self) -> None:
        self.expired = True
        self._kill()


def _platform_headers(invocation: Invocation) -> dict[str, str]:
    return {
        "X-Scf-Request-Id": invocation.request_id,
        "X-Scf-Memory": str(invocation.version["MemorySize"]),
        "X-Scf-Timeout": str(invocation.version["Timeout"]),
        "X-Scf-Version": invocation.version["FunctionVersion"],
        "X-Scf-Name": invocation.function["FunctionName"],
        "X-Scf-Namespace": invocation.function["Namespace"],
        "X-Scf-Region": invocation.region,
        "X-Scf-Appid": invocation.app_id,
        "X-Scf-Uin": invocation.uin,
    }
