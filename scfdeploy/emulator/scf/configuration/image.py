"""A function's image: its address, the registry it is pulled from, how it is started."""

from __future__ import annotations

import hashlib
import re

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.facts import limit

_KINDS = ("personal", "enterprise", "public")
_ADDRESS = re.compile(r"([\w.:-]+(?:/[\w.-]+)+?)(?::([\w.-]+))?(?:@sha256:([0-9a-f]{64}))?")
_DEFAULTS: Json = {
    "ImageType": "personal",
    "RegistryId": "",
    "EntryPoint": "",
    "Command": "",
    "Args": "",
    "ContainerImageAccelerate": False,
    "ImagePort": limit("image.port.web"),
}


def image_config(given: Json) -> Json:
    """The whole block as GetFunction shows it; what is not named has its default. Raises CloudError."""
    image: Json = {**_DEFAULTS, **given, "ImageUri": _whole_address(given.get("ImageUri", ""))}
    param_checks.one_of(_KINDS, image["ImageType"], "InvalidParameterValue.ImageType", "ImageType")
    if image["ImageType"] == "enterprise" and not image["RegistryId"]:
        raise CloudError("InvalidParameterValue.RegistryId", "An enterprise image needs the RegistryId.")
    if image["ImagePort"] not in (limit("image.port.web"), limit("image.port.job")):
        raise CloudError("InvalidParameterValue.Port", "ImagePort must be 9000, or -1 for a job.")
    return image


def _whole_address(address: str) -> str:
    """The address with tag and digest. This server knows no registry, so the digest stands for the address."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not (match[2] or match[3]):
        raise CloudError("InvalidParameterValue.ImageUri", "ImageUri must be domain/namespace/name:tag@sha256:digest.")
    tag = match[2] or "latest"
    digest = match[3] or hashlib.sha256(f"{match[1]}:{tag}".encode()).hexdigest()
    return f"{match[1]}:{tag}@sha256:{digest}"
