"""Signed requests of any form to the local storage, apart by a line of `===`: answered in XML, never failed.

Each is a line `METHOD PATH?QUERY`, lines of headers, an empty line and the body.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from xml.etree import ElementTree

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.cos.protocol import sign, signed_texts
from scfdeploy.emulator.messages import Request
from scfdeploy.emulator.routes import handle
from scfdeploy.emulator.settings import Settings
from tests.fuzz.promises import require

WORDS = (
    *(
        b"PUT /",
        b"GET /",
        b"POST /",
        b"DELETE /",
        b"HEAD /",
        b"?uploads",
        b"?uploadId=",
        b"&partNumber=1",
        b"?lifecycle",
    ),
    *(
        b"&max-parts=",
        b"&part-number-marker=",
        b"&encoding-type=url",
        b"?prefix=",
        b"\n===\n",
        b"content-type: ",
        b"UPLOAD",
    ),
    *(b"<CompleteMultipartUpload>", b"<Part><PartNumber>1</PartNumber><ETag>", b"</ETag></Part>", b"</Rule>", b"&amp;"),
    *(
        b"<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"%ff",
    ),
    *(b"<Expiration><Days>1</Days></Expiration>", b"x-cos-meta-a: ", b"\xb2", b"%00", b"<![CDATA[", b"xmlns='a'"),
)
_HOST = "a-1300000001.cos.ap-guangzhou.myqcloud.com"
_MOST_REQUESTS = 6


def target(data: bytes) -> None:
    """Make the requests; `UPLOAD` in them stands for the upload that was begun last."""
    emulator_app = _emulator_app()
    emulator_app.reset()
    upload = b"none"
    for written in [b"PUT /\n", *data.split(b"\n===\n")[:_MOST_REQUESTS]]:
        found = handle(emulator_app, _signed(written.replace(b"UPLOAD", upload)))
        require(100 <= found.status <= 599, f"HTTP {found.status}")
        code = ""
        if found.content_type == "application/xml" and found.body and not written.startswith(b"GET /?lifecycle"):
            try:
                root = ElementTree.fromstring(found.body)
            except ElementTree.ParseError as error:
                require("/" in written.decode("latin-1") and _stored(written), f"{error}: {found.body!r}")
                continue
            code = root.findtext("Code", "")
            upload = (root.findtext("UploadId") or upload.decode()).encode("latin-1", "replace")
        require(code not in ("InternalError", "SignatureDoesNotMatch", "AccessDenied"), f"{code}: {written!r}")


def _stored(written: bytes) -> bool:
    """Whether the answer is an object, which has the type that its sender gave it."""
    return written.startswith(b"GET /")


def _signed(written: bytes) -> Request:
    head, _, body = written.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, where = first.partition(" ")
    path, _, query = where.partition("?")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    headers |= {"host": _HOST, "content-md5": base64.b64encode(hashlib.md5(body).digest()).decode()}
    times = "1;9999999999"
    claims = {
        "q-ak": "AKIDlocal",
        "q-sign-time": times,
        "q-key-time": times,
        "q-header-list": "",
        "q-url-param-list": "",
    }
    request = Request(method if method.isalpha() else "GET", path or "/", query, headers, body)
    signature = sign("local-secret", claims, next(signed_texts(request, claims)))
    claims |= {"q-sign-algorithm": "sha1", "q-signature": signature}
    headers["authorization"] = "&".join(f"{name}={value}" for name, value in claims.items())
    return Request(request.method, request.path, query, headers, body)


@cache
def _emulator_app() -> EmulatorApp:
    return EmulatorApp(None, {"AKIDlocal": "local-secret"}, Settings(activation_s=0))
