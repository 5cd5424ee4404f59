"""The rules of a bucket that let objects expire: kept as sent, once they are rules. Nothing expires by itself here."""

from __future__ import annotations

import base64
import hashlib
from xml.etree import ElementTree

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.cos.responses import CosError
from scfdeploy.emulator.messages import Answer, Request

_BUCKET = "bucket"
_XML = "application/xml"
_DOES = ("Expiration", "Transition", "AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration")


def put(app: EmulatorApp, request: Request, bucket: str) -> Answer:
    """Keep the rules, in place of earlier ones."""
    digest = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
    if request.headers.get("content-md5") != digest:
        raise CosError(400, "InvalidDigest", "Content-MD5 is needed and must be that of the body.")
    try:
        root = ElementTree.fromstring(request.body)  # noqa: S314 - from this machine, and bounded
    except ElementTree.ParseError as error:
        raise CosError(400, "MalformedXML", "The body is not XML.") from error
    rules = root.findall("Rule")
    if root.tag != "LifecycleConfiguration" or not rules or not all(_is_rule(rule) for rule in rules):
        raise CosError(400, "MalformedXML", "Each Rule needs a Status, a Filter and something to do.")
    document = app.store.get(_BUCKET, bucket) or {}
    app.store.put(_BUCKET, bucket, document | {"lifecycle": request.body.decode("utf-8", "replace")})
    return Answer(200, b"", _XML)


def get(app: EmulatorApp, _request: Request, bucket: str) -> Answer:
    """The rules."""
    document = app.store.get(_BUCKET, bucket) or {}
    if "lifecycle" not in document:
        raise CosError(404, "NoSuchLifecycleConfiguration", "The bucket has no lifecycle rules.")
    return Answer(200, document["lifecycle"].encode(), _XML)


def _is_rule(rule: ElementTree.Element) -> bool:
    status = rule.findtext("Status")
    return (
        status in ("Enabled", "Disabled")
        and rule.find("Filter") is not None
        and any(rule.find(name) is not None for name in _DOES)
    )
