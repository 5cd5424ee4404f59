"""What clients do with a bucket as a whole: create and delete it, its objects, access rules and lifecycle rules.

Lifecycle rules are stored, but nothing expires.
"""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.clock import as_iso
from scfdeploy.emulator.cos.objects import OBJECT
from scfdeploy.emulator.cos.protocol import (
    XML,
    CosError,
    bucket_name,
    elements,
    parse_xml,
    query_parameters,
    require_digest,
    xml_response,
)
from scfdeploy.emulator.messages import Json, Request, Response, parse_number
from scfdeploy.emulator.scf.events.firing import fire_object

_BUCKET = "bucket"
_MAX_KEYS = 1000
_LIFECYCLE_ACTIONS = ("Expiration", "Transition", "AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration")


def put_bucket(app: EmulatorApp, _request: Request, bucket: str) -> Response:
    """Create a bucket."""
    if app.store.get(_BUCKET, bucket) is not None:
        raise CosError(409, "BucketAlreadyOwnedByYou", "The bucket exists already and is yours.")
    app.store.put(_BUCKET, bucket, {"created": app.clock.now()})
    return Response(200, b"", XML)


def head_bucket(_app: EmulatorApp, _request: Request, _bucket: str) -> Response:
    """Confirm that a bucket exists."""
    return Response(200, b"", XML)


def require_bucket(app: EmulatorApp, bucket: str) -> None:
    """Raise CosError if the bucket does not exist."""
    if app.store.get(_BUCKET, bucket) is None:
        raise CosError(404, "NoSuchBucket", "The bucket does not exist.")


def list_objects(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """The objects of a bucket by name: `prefix`, `delimiter`, `marker` and `max-keys` select."""
    parameters = query_parameters(request)
    prefix, delimiter, marker = (parameters.get(name, "") for name in ("prefix", "delimiter", "marker"))
    limit = parse_number(parameters.get("max-keys") or str(_MAX_KEYS))
    if limit is None:
        raise CosError(400, "InvalidArgument", "max-keys is not a number.")
    limit = min(limit, _MAX_KEYS)
    encode = quote if parameters.get("encoding-type") == "url" else str
    entries: dict[str, Json | None] = {}
    for key, document in app.store.list_prefix(OBJECT, f"{bucket}/"):
        name = key.removeprefix(f"{bucket}/")
        if name.startswith(prefix):
            end = name.find(delimiter, len(prefix)) if delimiter else -1
            entries.setdefault(name if end < 0 else name[: end + len(delimiter)], document if end < 0 else None)
    names = [name for name in sorted(entries) if name > marker]
    page, is_truncated = names[:limit], len(names) > limit
    fields = {
        "Name": bucket_name(bucket),
        "Prefix": encode(prefix),
        "Marker": encode(marker),
        "MaxKeys": str(limit),
        "IsTruncated": str(is_truncated).lower(),
    }
    if delimiter:
        fields["Delimiter"] = encode(delimiter)
    if is_truncated and page:
        fields["NextMarker"] = encode(page[-1])
    rows = "".join(_row(encode(name), entries[name]) for name in page)
    return xml_response("ListBucketResult", elements(fields) + rows)


def delete_objects(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Delete the objects that the body lists; those that do not exist count as deleted."""
    require_digest(request, is_required=True)
    root = parse_xml(request.body)
    names = [(entry.findtext("Key") or "") for entry in root.findall("Object")]
    if root.tag != "Delete" or not names or len(names) > _MAX_KEYS:
        raise CosError(400, "MalformedXML", f"Delete lists 1 to {_MAX_KEYS} objects.")
    for name in names:
        key = f"{bucket}/{name.removeprefix('/')}"
        document = app.store.get(OBJECT, key)
        if document is not None:
            app.store.delete(OBJECT, key)
            fire_object(app, request, key, "ObjectRemove:Delete", document)
    app.store.drop_unused_blobs()
    is_quiet = (root.findtext("Quiet") or "").lower() == "true"
    deleted = "" if is_quiet else "".join(f"<Deleted>{elements({'Key': name})}</Deleted>" for name in names)
    return xml_response("DeleteResult", deleted)


def delete_bucket(app: EmulatorApp, _request: Request, bucket: str) -> Response:
    """Delete an empty bucket."""
    if app.store.list_prefix(OBJECT, f"{bucket}/"):
        raise CosError(409, "BucketNotEmpty", "The bucket still has objects.")
    app.store.delete(_BUCKET, bucket)
    return Response(204, b"", XML)


def get_acl(app: EmulatorApp, _request: Request, _bucket: str) -> Response:
    """The access rules of a bucket or object: the owner has full control. Rules are accepted but not kept."""
    uin = app.settings.uin
    owner = elements({"ID": f"qcs::cam::uin/{uin}:uin/{uin}", "DisplayName": uin})
    grantee = (
        f'<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">{owner}</Grantee>'
    )
    grant = f"<Grant>{grantee}{elements({'Permission': 'FULL_CONTROL'})}</Grant>"
    return xml_response("AccessControlPolicy", f"<Owner>{owner}</Owner><AccessControlList>{grant}</AccessControlList>")


def put_acl(_app: EmulatorApp, _request: Request, _bucket: str) -> Response:
    """Accept access rules; every caller has the keys of the owner here."""
    return Response(200, b"", XML)


def put_lifecycle(app: EmulatorApp, request: Request, bucket: str) -> Response:
    """Replace the lifecycle rules of a bucket."""
    require_digest(request, is_required=True)
    root = parse_xml(request.body)
    rules = root.findall("Rule")
    if root.tag != "LifecycleConfiguration" or not rules or not all(_is_rule(rule) for rule in rules):
        raise CosError(400, "MalformedXML", "Each Rule needs a Status, a Filter and an action.")
    document = app.store.get(_BUCKET, bucket) or {}
    app.store.put(_BUCKET, bucket, document | {"lifecycle": request.body.decode("utf-8", "replace")})
    return Response(200, b"", XML)


def get_lifecycle(app: EmulatorApp, _request: Request, bucket: str) -> Response:
    """Return the lifecycle rules of a bucket as they were sent."""
    document = app.store.get(_BUCKET, bucket) or {}
    if "lifecycle" not in document:
        raise CosError(404, "NoSuchLifecycleConfiguration", "The bucket has no lifecycle rules.")
    return Response(200, document["lifecycle"].encode(), XML)


def _is_rule(rule: ElementTree.Element) -> bool:
    return (
        rule.findtext("Status") in ("Enabled", "Disabled")
        and rule.find("Filter") is not None
        and any(rule.find(name) is not None for name in _LIFECYCLE_ACTIONS)
    )


def _row(name: str, document: Json | None) -> str:
    if document is None:
        return f"<CommonPrefixes>{elements({'Prefix': name})}</CommonPrefixes>"
    fields = {
        "Key": name,
        "LastModified": as_iso(document["modified"]),
        "ETag": document["etag"],
        "Size": str(document["size"]),
        "StorageClass": "STANDARD",
    }
    return f"<Contents>{elements(fields)}</Contents>"
