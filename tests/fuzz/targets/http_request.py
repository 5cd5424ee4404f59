"""Any bytes on a connection to the local server: each gets an answer of HTTP or none, and the server stays up."""

from __future__ import annotations

import atexit
import io
import json
import re
from functools import cache

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.http_server import HttpServer
from scfdeploy.emulator.messages import Admission, Request, Response
from scfdeploy.emulator.routes import admit, handle
from scfdeploy.emulator.settings import Settings
from tests.fuzz.promises import BrokenPromiseError, require

WORDS = (
    *(
        b"POST / HTTP/1.1\r\n",
        b"GET /_emulator/state HTTP/1.1\r\n",
        b"POST /_emulator/faults HTTP/1.1\r\n",
        b"PUT /a?b=c",
    ),
    *(b" HTTP/1.0\r\n", b" HTTP/0.9\r\n", b"Host: 127.0.0.1\r\n", b"Host: a-1.cos.ap-guangzhou.myqcloud.com\r\n"),
    *(
        b"Origin: http://evil.test\r\n",
        b"Content-Length: ",
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"Expect: 100-continue",
    ),
    *(
        b"X-TC-Action: ",
        b"Connection: keep-alive\r\n",
        b"\r\n\r\n",
        b"ffffffff\r\n",
        b"0\r\n\r\n",
        b'{"rules": [',
        b"\xb2",
    ),
    *(
        b"/_emulator/clock",
        b'{"advance_s": 1e999}',
        b"/_emulator/settings",
        b'{"seed": "\\ud800"}',
        b"/_url/default/hello/",
    ),
    *(
        b"/_code/",
        b"http://[",
        b"Authorization: TC3-HMAC-SHA256 Credential=",
        b"Sec-Fetch-Site: cross-site\r\n",
        b"NaN",
    ),
)
_HEAD = re.compile(rb"HTTP/1\.[01] [1-5]\d\d [^\r\n]*\r\n(?:[!-9;-~]+: ?[^\r\n]*\r\n)*\r\n")
_LARGEST_BODY = 2000


def target(data: bytes) -> None:
    """Serve the connection, and then ask the server how it is."""
    http_server, emulator_app = _server()
    emulator_app.reset()
    connection = _Connection(data)
    try:
        http_server.finish_request(connection, ("127.0.0.1", 1))  # type: ignore[arg-type]
    except OSError as error:
        require(error.args == (), f"it failed: {error!r}")  # the client's business, as the door has it
    sent = bytes(connection.sent)
    # Answers of before HTTP/1.0, to whoever says to speak it, have no head.
    require(not sent or _HEAD.match(sent) or b"HTTP/0." in data, f"no answer of HTTP: {sent[:200]!r}")
    health = handle(emulator_app, Request("GET", "/_emulator/health", "", {"host": "127.0.0.1"}, b""))
    told = json.loads(health.body, parse_constant=_no_number)
    require(health.status == 200 and told["ok"] is True, "the server is not well any more")


def _no_number(word: str) -> None:
    raise BrokenPromiseError(f"{word} is no JSON")


@cache
def _server() -> tuple[HttpServer, EmulatorApp]:
    """A door at which connections are handed in; small bodies are the largest there."""
    emulator_app = EmulatorApp(None, {"AKIDlocal": "local-secret"}, Settings())

    def answered(request: Request) -> Response:
        require(len(request.body) <= _LARGEST_BODY, f"a body of {len(request.body)} bytes was let in")
        return handle(emulator_app, request)

    def admitted(request: Request) -> Admission | Response:
        require(request.body == b"", "a body was read before the head was looked at")
        found = admit(emulator_app, request)
        return found if isinstance(found, Response) else Admission(_LARGEST_BODY, found.too_large)

    http_server = HttpServer(0, answered, admitted)
    atexit.register(http_server.close, wait_s=0)
    emulator_app.base_url = f"http://127.0.0.1:{http_server.server_port}"
    return http_server, emulator_app


class _Bounded(io.BytesIO):
    """Bytes of which nobody reads all there are: a client may never stop to send."""

    def read(self, size: int | None = -1) -> bytes:
        require(size is not None and 0 <= size <= _LARGEST_BODY, f"{size} bytes are read at once")
        return super().read(size)


class _Connection:
    """What the door needs of a socket: what was sent to it, and what it sends."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.sent = bytearray()

    def makefile(self, *_: object) -> io.BytesIO:
        return _Bounded(self._data)

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def recv(self, _: int) -> bytes:
        return b""

    def setsockopt(self, *_: object) -> None:
        pass

    def settimeout(self, _: float) -> None:
        pass

    def shutdown(self, _: int) -> None:
        pass
