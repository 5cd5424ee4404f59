"""The code of a function in requests, inline or as an object in COS, and downloads of the deployed code."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts import limit
from scfdeploy.model import Address, Bundle
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.cos.upload import changed_bundle, object_location, unreadable_bundle
from scfdeploy.providers.tencent.resources.wire import Params, function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import invalid_response, no_response
from scfdeploy.providers.workers import call_within

_TIMEOUT_S = 60
_DOWNLOAD = "download the deployed code"


def code_params(bundle: Bundle | None, function: Address, *, region: str) -> Params:
    """The parameters for the code. Code that is not sent inline must be uploaded before the request."""
    if bundle is None:
        text = message("the code of {function} is not packaged", function=function)
        raise ScfDeployError(text, hint=message("Check its src."))
    if bundle.path is None or bundle.needs_upload:
        bucket, name = (bundle.bucket, bundle.object) if bundle.path is None else object_location(bundle, region)
        location = {"CosBucketName": bucket, "CosObjectName": "/" + name.lstrip("/")}
        # Required in Beijing only, which has two kinds of buckets.
        return location | ({"CosBucketRegion": bundle.region or region} if region.startswith("ap-beijing") else {})
    import base64
    import hashlib

    try:
        with open(bundle.path, "rb") as file:  # noqa: PTH123
            content = file.read()
    except OSError as error:
        raise unreadable_bundle(bundle, error) from error
    if hashlib.sha256(content).hexdigest() != bundle.sha256:
        raise changed_bundle(bundle)
    return {"ZipFile": base64.b64encode(content).decode("ascii")}


def code_hash(client: Client, function: Address, version: str = "") -> str | None:
    """The SHA-256 of the deployed code, or of a version's; None if the API has none. Raises CloudError."""
    try:
        response = client.read(
            "GetFunctionAddress", {**function_params(function), **({"Qualifier": version} if version else {})}
        )
    except CloudError as error:
        # Rejected for images, and while a function is being created.
        if error.kind in (ErrorKind.REJECTED, ErrorKind.MISSING):
            return None
        raise
    return str(response.get("CodeSha256") or "") or None


def download(client: Client, function: Address) -> bytes:
    """The deployed archive, up to the size of inline code. Raises CloudError."""
    _, url = _code_address(client, function)
    return b"".join(_fetch(client, url, limit("code.inline_max_bytes")))


def download_to(client: Client, function: Address, path: str) -> str | None:
    """Write the deployed archive to a new file; returns its hash if the API has one.

    Raises CloudError, also for an archive above the platform's limit, and ScfDeployError when the file cannot be
    written.
    """
    try:
        with open(path, "xb") as file:  # noqa: PTH123
            sha256, url = _code_address(client, function)
            for chunk in _fetch(client, url, limit("code.unzipped_max_bytes")):
                file.write(chunk)
    except OSError as error:
        reason = error.strerror or error
        raise ScfDeployError(
            message(
                "the code of {function} cannot be written to {path}: {reason}",
                function=function,
                path=path,
                reason=reason,
            ),
            hint=message("Choose a writable folder with enough free space."),
        ) from error
    return sha256


def _code_address(client: Client, function: Address) -> tuple[str | None, str]:
    response = client.read("GetFunctionAddress", function_params(function))
    return str(response.get("CodeSha256") or "") or None, str(response.get("Url") or "")


def _fetch(client: Client, url: str, max_bytes: int) -> Iterator[bytes]:
    """Download from a URL in chunks, within the time of a slow connection."""
    from scfdeploy.providers.tencent.transport.http import (
        UntrustedResponseError,
        iter_body,
        open_session,
        proxies_for,
        transfer_timeout,
    )

    server = _server(client, url)
    started = time.monotonic()
    received = 0

    def remaining_s() -> float:
        return max(0.0, transfer_timeout(received, usual_s=_TIMEOUT_S) - (time.monotonic() - started))

    session = open_session(max_bytes=None)
    get = partial(session.get, url, stream=True, timeout=_TIMEOUT_S, proxies=proxies_for(server))
    try:
        response = call_within(remaining_s(), get)
        if response.status_code != 200:
            raise invalid_response(_DOWNLOAD, server.host, f"HTTP {response.status_code}")
        body = iter_body(response, max_bytes)
        while chunk := call_within(remaining_s(), lambda: next(body, b"")):
            received += len(chunk)
            yield chunk
    except OSError as error:
        # Exceptions of requests are OSErrors. Their text may contain the URL with its signature, so it is not shown.
        is_safe = isinstance(error, UntrustedResponseError | TimeoutError)
        raise no_response(_DOWNLOAD, server.host, error if is_safe else OSError(type(error).__name__)) from None


def _server(client: Client, url: str) -> Endpoint:
    try:
        server = Endpoint.parse(url.partition("?")[0].split("/", 3)[0] + "//" + url.split("/", 3)[2])
    except (IndexError, ScfDeployError) as error:
        raise invalid_response(_DOWNLOAD, "GetFunctionAddress", message("no URL of the code")) from error
    if server.scheme == "http" and not (server.is_loopback or client.is_unencrypted):
        text = message("the URL of the code, at {host}, is not encrypted", host=server.host)
        raise invalid_response(_DOWNLOAD, "GetFunctionAddress", text)
    return server
