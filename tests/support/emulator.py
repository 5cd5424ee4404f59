"""A started local server for tests: calls signed by hand, code as zips, and its control paths."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import io
import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scfdeploy.emulator import Server, Settings

SECRET_ID, SECRET_KEY = "AKIDlocal", "local-secret"
VERSIONS = {
    "scf": "2018-04-16",
    "tag": "2018-08-13",
    "cam": "2019-01-16",
    "clb": "2018-03-17",
    "cls": "2020-10-16",
    "mps": "2019-06-12",
}
HELLO = {"index.py": "def main(event, context):\n    return event\n"}


class ApiError(Exception):
    """An API error, with its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Cloud:
    """One started server as a client sees it."""

    url: str

    @property
    def address(self) -> str:
        return self.url.removeprefix("http://")

    def call(self, action: str, *, product: str = "scf", region: str = "ap-guangzhou", **parameters: Any) -> Any:
        """Call an action with a TC3 signature. Returns the Response object; raises ApiError."""
        body = json.dumps(parameters).encode()
        headers = tc3_headers(self.address, action, body, product=product, region=region)
        _, _, answer = self.send("POST", "/", body, headers)
        response = json.loads(answer)["Response"]
        if "Error" in response:
            raise ApiError(response["Error"]["Code"], response["Error"]["Message"])
        return response

    def send(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One bare HTTP exchange: status, headers, body."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, target, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def control(self, path: str, content: object = None, *, method: str = "") -> Any:
        """Ask a control path: POST with content, GET without."""
        body = b"" if content is None else json.dumps(content).encode()
        chosen = method or ("GET" if content is None else "POST")
        status, _, answer = self.send(chosen, f"/_emulator/{path}", body)
        assert status == 200, answer
        return json.loads(answer)

    def advance(self, seconds: float) -> None:
        """Let time pass on the server."""
        self.control("clock", {"advance_s": seconds})

    def create(self, name: str = "hello", files: Mapping[str, str] = HELLO, **parameters: Any) -> None:
        """Create a small Python function."""
        wanted = {"Handler": "index.main", "Runtime": "Python3.10", "Code": {"ZipFile": zip_text(files)}}
        self.call("CreateFunction", FunctionName=name, **{**wanted, **parameters})

    def error(self, action: str, **parameters: Any) -> str:
        """The code of the error that a call ends in; fails when it succeeds."""
        try:
            self.call(action, **parameters)
        except ApiError as failure:
            return failure.code
        raise AssertionError(f"{action} succeeded")


@contextmanager
def running(data: Path | None = None, *, activation_s: float = 0.0, **settings: Any) -> Iterator[Cloud]:
    """A server that is stopped afterwards. Nothing takes time on it unless asked for."""
    with Server(data, settings=Settings(activation_s=activation_s, **settings)) as server:
        yield Cloud(server.url)


def zip_bytes(files: Mapping[str, str], *, modes: Mapping[str, int] | None = None) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = (modes or {}).get(name, 0o100644) << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def zip_text(files: Mapping[str, str], *, modes: Mapping[str, int] | None = None) -> str:
    """The same in base64, as the API takes it."""
    return base64.b64encode(zip_bytes(files, modes=modes)).decode()


def tc3_headers(
    host: str,
    action: str,
    body: bytes,
    *,
    product: str = "scf",
    region: str = "ap-guangzhou",
    secret_id: str = SECRET_ID,
    secret_key: str = SECRET_KEY,
    timestamp: int | None = None,
    signed_host: str | None = None,
    method: str = "POST",
    query: str = "",
    content_type: str = "application/json",
    payload: bytes | None = None,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a signed request, written from the protocol's description and not from the server's code."""
    now = int(time.time()) if timestamp is None else timestamp
    date = time.strftime("%Y-%m-%d", time.gmtime(now))
    signed = {"content-type": content_type, "host": signed_host or host, **(more or {})}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    digest = hashlib.sha256(body if payload is None else payload).hexdigest()
    canonical = f"{method}\n/\n{query}\n{lines}\n{names}\n{digest}"
    scope = f"{date}/{product}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for step in (date, product, "tc3_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={secret_id}/{scope}"
    return {
        "Host": host,
        "Content-Type": content_type,
        "X-TC-Action": action,
        "X-TC-Version": VERSIONS.get(product, VERSIONS["scf"]),
        "X-TC-Region": region,
        "X-TC-Timestamp": str(now),
        "Authorization": f"TC3-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature}",
    }
