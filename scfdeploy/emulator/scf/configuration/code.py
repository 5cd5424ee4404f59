"""The code or image of a version: checked and stored by hash. GetFunction returns the text of the entry file."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.param_checks import read_choice
from scfdeploy.facts import limit, runtime

_SOURCES = ("ZipFile", "CosObjectName", "DemoId", "ImageConfig", "TempCosObjectName", "GitUrl")
_IMAGE_TYPES = ("personal", "enterprise", "public")
_IMAGE_ADDRESS = re.compile(r"(\w[\w.:-]*(?:/[\w.-]+)+?)(?::([\w.-]+))?(?:@sha256:([0-9a-f]{64}))?")
_IMAGE_DEFAULTS: Json = {
    "ImageType": "personal",
    "RegistryId": "",
    "EntryPoint": "",
    "Command": "",
    "Args": "",
    "ContainerImageAccelerate": False,
    "ImagePort": limit("image.port.web"),
}
_ENTRY_SUFFIXES = {"python": ".py", "nodejs": ".js", "php": ".php"}
_MAX_ENTRY_BYTES = 1 << 20
_BEIJING = frozenset({"ap-beijing", "ap-beijing-1"})


def set_code(call: ApiCall, version: Json, code: Json) -> None:
    """Set the code from a Code block. Raises CloudError unless it has exactly one valid source."""
    sources = [source for source in _SOURCES if code.get(source)]
    if not sources:
        raise CloudError("MissingParameter.Code", "Code names no source.")
    if len(sources) > 1:
        raise CloudError("InvalidParameterValue.Code", f"Code names several sources: {', '.join(sources)}.")
    match sources[0]:
        case "ZipFile":
            _set_zip(call, version, _decode(code["ZipFile"]))
        case "CosObjectName":
            _set_zip(call, version, _read_object(call, code))
        case "ImageConfig":
            _set_image(call, version, code["ImageConfig"])
        case "DemoId":
            raise CloudError("ResourceNotFound.Demo", f"Template `{code['DemoId']}` does not exist.")
        case "TempCosObjectName":
            raise CloudError("InvalidParameterValue.TempCosObjectName", "The temporary object does not exist.")
        case _:
            raise CloudError("InvalidParameterValue.Code", "Code from Git is no longer supported.")


def code_block(parameters: Json) -> Json:
    """The Code block of an update, whose fields older clients send at the top level."""
    names = ("ZipFile", "CosBucketName", "CosObjectName", "CosBucketRegion")
    block: Json = parameters.get("Code", {})
    return block or {name: parameters[name] for name in names if name in parameters}


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        message = f"ZipFile is not base64: {error}."
        raise CloudError("InvalidParameterValue.ZipFileBase64BinasciiError", message) from error


def _read_object(call: ApiCall, code: Json) -> bytes:
    bucket, name = code.get("CosBucketName"), code["CosObjectName"]
    if not bucket:
        raise CloudError("InvalidParameterValue.CosBucketName", "CosBucketName is missing.")
    # The documentation asks for a leading slash; clients also send names without one.
    path = name if name.startswith("/") else f"/{name}"
    region = code.get("CosBucketRegion") or call.region
    if region != call.region and not {region, call.region} <= _BEIJING:
        message = f"CosBucketRegion `{region}` is not the region of the function, {call.region}."
        raise CloudError("InvalidParameterValue.CosBucketRegion", message)
    document = call.store.get("object", f"{region}/{bucket}-{call.context.settings.app_id}{path}")
    content = call.store.get_blob(document["blob"]) if document else None
    if content is None:
        raise CloudError("ResourceNotFound.CosObject", f"`{name}` does not exist in bucket `{bucket}`.")
    return content


def _set_zip(call: ApiCall, version: Json, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.namelist()
    except zipfile.BadZipFile as error:
        raise CloudError("InvalidParameterValue.ZipFile", f"The code is not a valid zip: {error}.") from error
    if not entries:
        raise CloudError("InvalidParameterValue.ZipFile", "The zip has no files.")
    sha256 = hashlib.sha256(content).hexdigest()
    call.store.put_blob(sha256, content)
    version.update({"blob": sha256, "CodeSize": len(content), "ImageConfig": None})


def _set_image(call: ApiCall, version: Json, config: Json) -> None:
    image, maximum = _image_config(config), limit("image.accelerated_per_region")
    if image["ContainerImageAccelerate"] and _other_accelerated_images(call, version) >= maximum:
        raise CloudError("LimitExceeded.ContainerImageAccelerate", "Too many functions use accelerated images.")
    version.update({"blob": "", "CodeSize": 0, "ImageConfig": image, "image_address": config["ImageUri"]})


def _other_accelerated_images(call: ApiCall, version: Json) -> int:
    """The number of other versions in the region with an accelerated image."""

    def is_accelerated(image: Json | None) -> bool:
        return bool(image and image["ContainerImageAccelerate"])

    images = [stored["ImageConfig"] for _, stored in call.store.list_prefix("version", f"{call.region}/")]
    return sum(is_accelerated(image) for image in images) - is_accelerated(version["ImageConfig"])


def _image_config(config: Json) -> Json:
    """The block as GetFunction returns it, with defaults."""
    image: Json = {**_IMAGE_DEFAULTS, **config, "ImageUri": _complete_address(config.get("ImageUri", ""))}
    read_choice(image, "ImageType", _IMAGE_TYPES, "InvalidParameterValue.ImageType")
    if image["ImageType"] == "enterprise" and not image["RegistryId"]:
        raise CloudError("InvalidParameterValue.RegistryId", "An enterprise image needs the RegistryId.")
    if image["ImagePort"] not in (limit("image.port.web"), limit("image.port.job")):
        raise CloudError("InvalidParameterValue.Port", "ImagePort must be 9000, or -1 for a job.")
    return image


def _complete_address(address: str) -> str:
    """The address with tag and digest. The digest of an address without one is computed from the address."""
    match = _IMAGE_ADDRESS.fullmatch(address)
    if match is None or not (match[2] or match[3]):
        raise CloudError("InvalidParameterValue.ImageUri", "ImageUri must be domain/namespace/name:tag@sha256:digest.")
    tag = match[2] or "latest"
    digest = match[3] or hashlib.sha256(f"{match[1]}:{tag}".encode()).hexdigest()
    return f"{match[1]}:{tag}@sha256:{digest}"


def entry_file_text(call: ApiCall, version: Json) -> str:
    """The text of the entry file; empty for other languages, a missing file, or one over 1 MB."""
    known = runtime(version["Runtime"])
    suffix = _ENTRY_SUFFIXES.get(known.language) if known else None
    content = call.store.get_blob(version["blob"]) if version["blob"] else None
    if suffix is None or content is None:
        return ""
    name = version["Handler"].partition(".")[0] + suffix
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = next((info for info in archive.infolist() if info.filename == name), None)
        if entry is None or entry.file_size > _MAX_ENTRY_BYTES:
            return ""
        return archive.read(entry).decode("utf-8", "replace")
