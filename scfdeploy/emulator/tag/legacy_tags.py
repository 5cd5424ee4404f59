"""The older actions of the tag product, which name a resource by service, region, prefix and id."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.tag import records
from scfdeploy.emulator.tag.tags import require_resource, to_tags

_DEFAULT_LIMIT = 15
_MAX_RESOURCES = 50
# Tags that exist without a resource.
_DEFINED = "defined_tag"


def describe_by_ids(call: ApiCall, parameters: Json) -> Json:
    """Return the tags of up to 50 resources of one kind, one row for each tag."""
    rows = [
        {**tag, "ResourceId": name, "TagKeyMd5": "", "TagValueMd5": "", "ServiceType": parameters["ServiceType"]}
        for name, resource in _resources(call, parameters)
        for tag in to_tags(records.get(call, resource))
    ]
    return _paged(rows, parameters)


def attach(call: ApiCall, parameters: Json) -> Json:
    """Add one existing tag to resources. Raises CloudError for one that has its key with another value."""
    key, value = parameters["TagKey"], parameters["TagValue"]
    if value not in _existing_values(call, key):
        raise CloudError("ResourceNotFound.TagNonExist", f"Tag `{key}: {value}` does not exist; create it first.")
    for _, resource in _resources(call, parameters):
        tags = records.get(call, require_resource(call, resource))
        if tags.get(key, value) != value:
            raise CloudError("ResourceInUse.TagKeyAttached", f"The resource has `{key}` with another value.")
        records.put(call, resource, tags | {key: value})
    return {}


def detach(call: ApiCall, parameters: Json) -> Json:
    """Remove one tag from resources."""
    for _, resource in _resources(call, parameters):
        tags = records.get(call, require_resource(call, resource))
        if parameters["TagKey"] not in tags:
            raise CloudError("ResourceNotFound.AttachedTagKeyNotFound", "The resource does not have that tag.")
        records.put(call, resource, {k: v for k, v in tags.items() if k != parameters["TagKey"]})
    return {}


def create_tag(call: ApiCall, parameters: Json) -> Json:
    """Create a tag, so that it can be attached."""
    key, value = records.check_key(parameters["TagKey"]), records.check_value(parameters["TagValue"])
    known = call.store.get(_DEFINED, key) or {}
    if value in known:
        raise CloudError("ResourceInUse.TagDuplicate", f"Tag `{key}: {value}` exists already.")
    call.store.put(_DEFINED, key, known | {value: value})
    return {}


def describe_tags(call: ApiCall, parameters: Json) -> Json:
    """Return every existing tag, attached or not, filtered by key and value."""
    pairs = {(key, value) for key, values in call.store.list_prefix(_DEFINED, "") for value in values}
    pairs |= {(key, value) for _, tags in records.list_all(call) for key, value in tags.items()}
    keys = set(parameters.get("TagKeys", [])) | ({parameters["TagKey"]} if "TagKey" in parameters else set())
    only_value = parameters.get("TagValue")
    rows = [
        {"TagKey": key, "TagValue": value, "CanDelete": 0, "Category": "Custom"}
        for key, value in sorted(pairs)
        if (not keys or key in keys) and only_value in (None, value)
    ]
    return _paged(rows, parameters)


def _resources(call: ApiCall, parameters: Json) -> list[tuple[str, str]]:
    ids = parameters["ResourceIds"]
    if len(ids) > _MAX_RESOURCES:
        raise CloudError("LimitExceeded.ResourceNumPerRequest", "At most 50 resources can be named at once.")
    region = parameters.get("ResourceRegion") or call.region
    start = f"{parameters['ServiceType']}/{region}/{parameters.get('ResourcePrefix', '')}"
    return [(name, f"{start}/{name}") for name in ids]


def _paged(rows: list[Json], parameters: Json) -> Json:
    offset, size = parameters.get("Offset", 0), parameters.get("Limit", _DEFAULT_LIMIT)
    if size < 1 or offset % size:
        raise CloudError("InvalidParameterValue.OffsetInvalid", "Offset must be a multiple of Limit.")
    return {"TotalCount": len(rows), "Offset": offset, "Limit": size, "Tags": rows[offset : offset + size]}


def _existing_values(call: ApiCall, key: str) -> set[str]:
    attached = {tags[key] for _, tags in records.list_all(call) if key in tags}
    return attached | set(call.store.get(_DEFINED, key) or {})
