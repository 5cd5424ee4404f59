"""A function's code on the wire: inline, or an object in COS; and fetching what is deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import limit
from scfdeploy.model import Address, Bundle
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.client import Client
from scfdeploy.providers.tencent.endpoint import Endpoint
from scfdeploy.providers.tencent.errors import bad_answer, no_answer
from scfdeploy.providers.tencent.lookup import names
from scfdeploy.providers.tencent.upload import place_of
from scfdeploy.providers.tencent.wire import Params

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
        return place | ({"CosBucketRegion": region} if region.startswith("ap-beijing") else {})
    import base64

    try:
        with open(bundle.path, "rb") as file:  # noqa: PTH123
            content = file.read()
    except OSError as error:
        raise ScfDeployError(
            f"{bundle.path} cannot be read: {error.strerror}", hint="Run the command again."
        ) from error
    return {"ZipFile": base64.b64encode(content).decode("ascii")}


def code_hash(client: Client, function: Address, version: str = "") -> str | None:
    """The cloud's SHA-256 of the deployed code, or of a version's, None where it does not say. Raises CloudError."""
    try:
        answer = client.read("GetFunctionAddress", {**names(function), **({"Qualifier": version} if version else {})})
    except CloudError as error:
        # Refused for images and while a function is being made: then nothing is known of the code.
        if error.kind in (ErrorKind.REFUSED, ErrorKind.MISSING):
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
    import requests

    have = 0
    try:
        with requests.Session() as session:
            session.trust_env = not there.is_loopback
            with session.get(url, stream=True, timeout=_TIMEOUT_S) as response:
                if response.status_code != requests.codes.ok:
                    raise bad_answer(_DOWNLOAD, there.host, f"HTTP {response.status_code}")
                for piece in response.iter_content(1 << 16):
                    have += len(piece)
                    if have > largest:
                        raise CloudError(
                            ErrorKind.REFUSED, "ResponseSizeLimitExceeded", "it is too large", action=_DOWNLOAD
                        )
                    yield piece
    except OSError as error:
        # Every exception of requests is one. Its words may hold the address with its signature: not shown.
        raise no_answer(_DOWNLOAD, there.host, OSError(type(error).__name__)) from None
