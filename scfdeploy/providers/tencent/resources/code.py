"""A function's code on the wire: inline, or an object in COS; and fetching what is deployed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import limit
from scfdeploy.model import Address, Bundle
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.cos.upload import place_of
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.resources.wire import Params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import bad_answer, no_answer
from scfdeploy.providers.workers import call_within

_TIMEOUT_S = 60
_DOWNLOAD = "download the deployed code"


def code_params(bundle: Bundle | None, function: Address, *, region: str) -> Params:
    """The parameters that carry the code; what needs to lie in COS must have been uploaded."""
    if bundle is None:
        raise ScfDeployError(f"the code of {function} is not packed", hint="Check its src.")
    if bundle.path is None or bundle.needs_upload:
        bucket, name = (bundle.bucket, bundle.object) if bundle.path is None else place_of(bundle, region)
        place = {"CosBucketName": bucket, "CosObjectName": "/" + name.lstrip("/")}
        # Needed only there: Beijing has two kinds of buckets.
        return place | ({"CosBucketRegion": bundle.region or region} if region.startswith("ap-beijing") else {})
    import base64
    import hashlib

    try:
        with open(bundle.path, "rb") as file:  # noqa: PTH123
            content = file.read()
    except OSError as error:
        raise ScfDeployError(
            f"{bundle.path} cannot be read: {error.strerror}", hint="Run the command again."
        ) from error
    if hashlib.sha256(content).hexdigest() != bundle.sha256:
        raise ScfDeployError(f"{bundle.path} changed since it was packed", hint="Run the command again.")
    return {"ZipFile": base64.b64encode(content).decode("ascii")}


def code_hash(client: Client, function: Address, version: str = "") -> str | None:
    """The cloud's SHA-256 of the deployed code, or of a version's, None where it does not say. Raises CloudError."""
    try:
        answer = client.read("GetFunctionAddress", {**names(function), **({"Qualifier": version} if version else {})})
    except CloudError as error:
        # Refused for images and while a function is being made: then nothing is known of the code.
        if error.kind in (ErrorKind.REJECTED, ErrorKind.MISSING):
            return None
        raise
    return str(answer.get("CodeSha256") or "") or None


def download(client: Client, function: Address) -> bytes:
    """The archive that is deployed, when it is small. Raises CloudError."""
    content = bytearray()
    for piece in _pieces(client, function, largest=limit("code.inline_max_bytes")):
        content += piece
    return bytes(content)


def download_to(client: Client, function: Address, path: str) -> str | None:
    """Write the archive that is deployed to a new file; gives the hash that the cloud shows for it, if it shows one.

    Raises CloudError, also for more than the platform unpacks, and ScfDeployError when it cannot be written.
    """
    shown: list[str] = []
    try:
        with open(path, "xb") as file:  # noqa: PTH123
            for piece in _pieces(client, function, largest=limit("code.unzipped_max_bytes"), told=shown.append):
                file.write(piece)
    except OSError as error:
        raise ScfDeployError(
            f"the code of {function} cannot be kept in {path}: {error.strerror or error}",
            hint="Choose a folder that you may write to, with room enough.",
        ) from error
    return shown[0] if shown else None


def _pieces(
    client: Client, function: Address, *, largest: int, told: Callable[[str], None] = lambda _: None
) -> Iterator[bytes]:
    answer = client.read("GetFunctionAddress", names(function))
    if answer.get("CodeSha256"):
        told(str(answer["CodeSha256"]))
    url = str(answer.get("Url") or "")
    try:
        there = Endpoint.parse(url.partition("?")[0].split("/", 3)[0] + "//" + url.split("/", 3)[2])
    except (IndexError, ScfDeployError) as error:
        raise bad_answer(_DOWNLOAD, "GetFunctionAddress", "no address of the code") from error
    if there.scheme == "http" and not (there.is_loopback or client.is_unencrypted):
        raise bad_answer(_DOWNLOAD, "GetFunctionAddress", f"the address of the code, at {there.host}, is not encrypted")
    yield from _fetched(url, there, largest)


def _fetched(url: str, there: Endpoint, largest: int) -> Iterator[bytes]:
    """What lies at the address, piece by piece; no piece is waited for longer than a slow line takes."""
    from scfdeploy.providers.tencent.transport.http import open_session, pieces, proxies_for, time_for

    began = time.monotonic()
    have = 0

    def within() -> float:
        return max(0.0, time_for(have, usual_s=_TIMEOUT_S) - (time.monotonic() - began))

    session = open_session(largest=None)
    get = partial(session.get, url, stream=True, timeout=_TIMEOUT_S, proxies=proxies_for(there))
    try:
        response = call_within(within(), get)
        if response.status_code != 200:
            raise bad_answer(_DOWNLOAD, there.host, f"HTTP {response.status_code}")
        body = pieces(response, largest)
        while piece := call_within(within(), lambda: next(body, b"")):
            have += len(piece)
            yield piece
    except OSError as error:
        # Every exception of requests is one. Its words may hold the address with its signature: not shown.
        raise no_answer(_DOWNLOAD, there.host, _without_address(error)) from None


def _without_address(error: OSError) -> OSError:
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

    return error if isinstance(error, UntrustedResponseError | TimeoutError) else OSError(type(error).__name__)
