"""A version's code: decoded, checked and stored by hash; and the entry file's text that GetFunction returns."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.configuration.image import image_config
from scfdeploy.facts import limit, runtime

_SOURCES = ("ZipFile", "CosObjectName", "DemoId", "ImageConfig", "TempCosObjectName", "GitUrl")


def set_code(call: ApiCall, version: Json, code: Json) -> None:
    """Take over the code that a Code block names. Raises CloudError when it names none, several or a broken one."""
    named = [source for source in _SOURCES if code.get(source)]
    if not named:
        raise CloudError("MissingParameter.Code", "Code names no source.")
    if len(named) > 1:
        raise CloudError("InvalidParameterValue.Code", f"Code names several sources: {', '.join(named)}.")
    match named[0]:
        case "ZipFile":
            _keep_zip(call, version, _decoded(code["ZipFile"]))
        case "CosObjectName":
            _keep_zip(call, version, _object(call, code))
        case "ImageConfig":
            _keep_image(call, version, code["ImageConfig"])
        case "DemoId":
            raise CloudError("ResourceNotFound.Demo", f"Template `{code['DemoId']}` does not exist.")
        case "TempCosObjectName":
            raise CloudError("InvalidParameterValue.TempCosObjectName", "The temporary object does not exist.")
        case _:
            raise CloudError("InvalidParameterValue.Code", "Code from Git is no longer offered.")


def from_top_level(parameters: Json) -> Json:
    """The Code block of an update, where older clients write its parts beside it."""
    names = ("ZipFile", "CosBucketName", "CosObjectName", "CosBucketRegion")
    inner: Json = parameters.get("Code", {})
    return inner or {name: parameters[name] for name in names if name in parameters}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        message = f"ZipFile is not base64: {error}."
        raise CloudError("InvalidParameterValue.ZipFileBase64BinasciiError", message) from error


def _object(call: ApiCall, code: Json) -> bytes:
    bucket, name = code.get("CosBucketName"), code["CosObjectName"]
    if not bucket:
        raise CloudError("InvalidParameterValue.CosBucketName", "CosBucketName is missing.")
    if not name.startswith("/"):
        raise CloudError("InvalidParameterValue.CosObjectName", "CosObjectName must start with a slash.")
    region = code.get("CosBucketRegion") or call.region
    found = call.store.get("object", f"{region}/{bucket}-{call.context.settings.app_id}{name}")
    content = call.store.blob(found["blob"]) if found else None
    if content is None:
        raise CloudError("ResourceNotFound.CosObject", f"`{name}` does not exist in bucket `{bucket}`.")
    return content


def _keep_zip(call: ApiCall, version: Json, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.namelist()
    except zipfile.BadZipFile as error:
        raise CloudError("InvalidParameterValue.ZipFile", f"The code is not a proper zip: {error}.") from error
    if not entries:
        raise CloudError("InvalidParameterValue.ZipFile", "The zip has no files.")
    sha256 = hashlib.sha256(content).hexdigest()
    call.store.put_blob(sha256, content)
    version.update({"blob": sha256, "CodeSize": len(content), "ImageConfig": None})


def _keep_image(call: ApiCall, version: Json, given: Json) -> None:
    image = image_config(given)
    if image["ContainerImageAccelerate"] and _accelerated(call, version) >= limit("image.accelerated_per_region"):
        raise CloudError("LimitExceeded.ContainerImageAccelerate", "Too many functions use accelerated images.")
    version.update({"blob": "", "CodeSize": 0, "ImageConfig": image})


def _accelerated(call: ApiCall, version: Json) -> int:
    """How many other versions in the region have an accelerated image."""
    images = [found["ImageConfig"] for _, found in call.store.list_prefix("version", f"{call.region}/")]
    itself = version["ImageConfig"]
    others = sum(bool(image and image["ContainerImageAccelerate"]) for image in images)
    return others - bool(itself and itself["ContainerImageAccelerate"])


_SUFFIXES = {"python": ".py", "nodejs": ".js", "php": ".php"}
# Larger entry files are not shown.
_MAX_BYTES = 1 << 20


def shown_code(call: ApiCall, version: Json) -> str:
    """The entry file's text; empty where there is no single one, or it is too large."""
    known = runtime(version["Runtime"])
    suffix = _SUFFIXES.get(known.language) if known else None
    content = call.store.blob(version["blob"]) if version["blob"] else None
    if suffix is None or content is None:
        return ""
    name = version["Handler"].partition(".")[0] + suffix
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = next((info for info in archive.infolist() if info.filename == name), None)
        if entry is None or entry.file_size > _MAX_BYTES:
            return ""
        return archive.read(entry).decode("utf-8", "replace")
