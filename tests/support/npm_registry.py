"""A registry of npm packages on loopback, for tests that install packages without a network."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class NpmPackage:
    """One version of a package. Its index.js exports its version."""

    name: str
    version: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of its package.json."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Further files, by path."""

    @property
    def manifest(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.version, "main": "index.js", **self.fields}

    @property
    def integrity(self) -> str:
        """The hash of its archive, as in a lock file."""
        return f"sha512-{base64.b64encode(hashlib.sha512(self.archive).digest()).decode()}"

    @property
    def archive(self) -> bytes:
        """Its .tgz, with a program, as packages with `bin` have."""
        files = {
            "package.json": json.dumps(self.manifest),
            "index.js": f"module.exports = {json.dumps(self.version)};\n",
            "cli.js": "#!/usr/bin/env node\n",
            **self.files,
        }
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for path, text in files.items():
                entry = tarfile.TarInfo(f"package/{path}")
                entry.size, entry.mode = len(text), 0o644
                archive.addfile(entry, io.BytesIO(text.encode()))
        return gzip.compress(packed.getvalue(), mtime=0)


@dataclass(frozen=True)
class NpmRegistry:
    """A running registry."""

    url: str
    requests: list[tuple[str, str]]
    """Path and Authorization header of each request."""

    def npmrc(self, token: str = "") -> str:
        """The text of an .npmrc that names it."""
        place = self.url.removeprefix("http:")
        return f"registry={self.url}\n" + (f"{place}:_authToken={token}\n" if token else "")


@contextmanager
def npm_registry(*packages: NpmPackage) -> Iterator[NpmRegistry]:
    """Serve these packages on loopback."""
    requests: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append((self.path, self.headers.get("Authorization", "")))
            name, _, file = unquote(self.path).strip("/").partition("/-/")
            versions = {one.version: one for one in packages if one.name == name}
            body = b""
            if file:
                version = file.removesuffix(".tgz").removeprefix(f"{name.rpartition('/')[2]}-")
                body = versions[version].archive if version in versions else b""
            elif versions:
                body = json.dumps(_packument(name, versions, url)).encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/octet-stream" if file else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:  # audits and the like
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield NpmRegistry(url, requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _packument(name: str, versions: Mapping[str, NpmPackage], url: str) -> dict[str, Any]:
    return {
        "name": name,
        "dist-tags": {"latest": max(versions)},
        "time": dict.fromkeys(versions, "2020-01-01T00:00:00.000Z"),
        "versions": {
            version: package.manifest
            | {
                "dist": {
                    "tarball": f"{url}{name}/-/{name.rpartition('/')[2]}-{version}.tgz",
                    "shasum": hashlib.sha1(package.archive, usedforsecurity=False).hexdigest(),
                    "integrity": package.integrity,
                }
            }
            for version, package in versions.items()
        },
    }
