"""The control paths of a local server: what no cloud API offers, such as queues and the clock."""

from __future__ import annotations

import http.client
import json
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Secret
from scfdeploy.providers.tencent.transport.endpoint import Endpoint

_TIMEOUT_S = 600.0
_PROBE_S = 5.0
_LARGEST_ANSWER = 256 << 20


def is_local_server(url: str) -> bool:
    """Whether a local server of scfdeploy answers at `url`. Asks only this machine."""
    try:
        answer = EmulatorControl(url, timeout_s=_PROBE_S).get("health")
    except ScfDeployError:
        return False
    return isinstance(answer, dict) and answer.get("ok") is True


class EmulatorControl:
    """Calls control paths of the server at `url`, which is on this machine."""

    def __init__(self, url: str, key: Secret | None = None, *, timeout_s: float = _TIMEOUT_S) -> None:
        """`key` is the secret key of the server of --local, which answers nobody else.

        Raises ScfDeployError for an invalid URL, and for one of another machine: requests are not encrypted.
        """
        endpoint = Endpoint.parse(url)
        self._timeout_s = timeout_s
        self._url = url
        self._key = key
        self._host = endpoint.host
        if endpoint.scheme != "http" or not endpoint.is_loopback:
            raise self._not_a_local_server()

    @property
    def url(self) -> str:
        """The URL of the server, without a slash at the end."""
        return self._url.rstrip("/")

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
        connection = http.client.HTTPConnection(self._host, timeout=self._timeout_s)
        try:
            connection.request(method, f"/_emulator/{path}", body, self._headers())
            answer = connection.getresponse()
            content = json.loads(answer.read(_LARGEST_ANSWER))
        except (OSError, http.client.HTTPException) as error:
            raise ScfDeployError(
                message("The local server at {url} does not answer: {error}", url=self._url, error=error),
                hint=message("Start it with `scfdeploy emulator`, or use --local."),
            ) from error
        except (ValueError, RecursionError) as error:
            raise self._not_a_local_server() from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            text = content.get("error", "") if isinstance(content, dict) else ""
            raise ScfDeployError(str(text) or message("The local server answered HTTP {status}.", status=answer.status))
        return content

    def _not_a_local_server(self) -> ScfDeployError:
        return ScfDeployError(
            message("{url} is not a local server of scfdeploy.", url=self._url),
            hint=message("This command needs --local or the --endpoint of `scfdeploy emulator`."),
        )
