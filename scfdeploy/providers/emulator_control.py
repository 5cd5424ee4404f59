"""The control paths of a local server: what no cloud API offers, such as queues and the clock."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Secret

_TIMEOUT_S = 600.0
_PROBE_S = 5.0
_LARGEST_ANSWER = 256 << 20


def is_local_server(url: str) -> bool:
    """Whether a local server of scfdeploy answers at `url`. Asks only this machine."""
    address = urlsplit(url)
    if address.scheme != "http" or not _is_loopback(address.hostname or ""):
        return False
    try:
        answer = EmulatorControl(url, timeout_s=_PROBE_S).get("health")
    except ScfDeployError:
        return False
    return isinstance(answer, dict) and answer.get("ok") is True


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


class EmulatorControl:
    """Calls control paths of the server at `url`, which is on this machine."""

    def __init__(self, url: str, key: Secret | None = None, *, timeout_s: float = _TIMEOUT_S) -> None:
        """`key` is the secret key of the server of --local, which answers nobody else."""
        self._timeout_s = timeout_s
        self._url = url
        self._key = key
        self._address = urlsplit(url)

    def get(self, path: str) -> Any:
        """The answer of `GET /_emulator/<path>`. Raises ScfDeployError as `post` does."""
        return self._request("GET", path, None)

    def post(self, path: str, content: object) -> Any:
        """The answer of `POST /_emulator/<path>`.

        Raises ScfDeployError when no server answers, when the server is not one of scfdeploy's, and with the server's
        own words when it refuses the request.
        """
        return self._request("POST", path, json.dumps(content).encode())

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._key is not None:
            headers["X-Scfdeploy-Key"] = self._key.reveal()
        return headers

    def _request(self, method: str, path: str, body: bytes | None) -> Any:
        host, port = self._address.hostname or "", self._address.port or 80
        connection = http.client.HTTPConnection(host, port, timeout=self._timeout_s)
        try:
            connection.request(method, f"/_emulator/{path}", body, self._headers())
            answer = connection.getresponse()
            content = json.loads(answer.read(_LARGEST_ANSWER))
        except (OSError, http.client.HTTPException) as error:
            raise ScfDeployError(
                message("The local server at {url} does not answer: {error}", url=self._url, error=error),
                hint=message("Start it with `scfdeploy emulator`, or use --local."),
            ) from error
        except ValueError as error:
            raise ScfDeployError(
                message("{url} is not a local server of scfdeploy.", url=self._url),
                hint=message("This command needs --local or the --endpoint of `scfdeploy emulator`."),
            ) from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            text = content.get("error", "") if isinstance(content, dict) else ""
            raise ScfDeployError(str(text) or message("The local server answered HTTP {status}.", status=answer.status))
        return content
