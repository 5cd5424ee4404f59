"""TagResources, UnTagResources, ModifyResourceTags and GetResources, which use six-segment resource names."""

from __future__ import annotations

from collections.abc import Callable, Collection

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json, parse_number
from scfdeploy.emulator.scf.records import domains, functions
from scfdeploy.emulator.tag import records

_MAX_ITEMS = 9
_MAX_CHANGES = 10
_MAX_RESULTS = 50


def tag_resources(call: ApiCall, parameters: Json) -> Json:
    """Set tags on several resources; failures are listed, not raised."""
    tags = records.from_pairs(parameters["Tags"], key="TagKey", value="TagValue")
    _check_counts(parameters["ResourceList"], tags)
    return {"FailedResources": _change_each(call, parameters["ResourceList"], lambda present: present | tags)}


def untag_resources(call: ApiCall, parameters: Json) -> Json:
    """Remove tags from several resources; failures are listed, not raised."""
    keys = set(parameters["TagKeys"])
    _check_counts(parameters["ResourceList"], keys)
    failed = _change_each(
        call, parameters["ResourceList"], lambda present: {k: v for k, v in present.items() if k not in keys}
    )
    return {"FailedResources": failed}


def modify_tags(call: ApiCall, parameters: Json) -> Json:
    """Set and remove tags of one resource in one call."""
    replaced = records.from_pairs(parameters.get("ReplaceTags", []), key="TagKey", value="TagValue")
    deleted = {entry.get("TagKey", "") for entry in parameters.get("DeleteTags", [])}
    if not replaced and not deleted:
        raise CloudError("MissingParameter", "ReplaceTags or DeleteTags must name a tag.")
    if max(len(replaced), len(deleted)) > _MAX_CHANGES:
        raise CloudError("LimitExceeded.TagNumPerRequest", "At most 10 tags can be changed at once.")
    if deleted & set(replaced):
        raise CloudError("InvalidParameterValue.DeleteTagsParamError", "A tag is both replaced and deleted.")
    resource = require_resource(call, _parse_name(parameters["Resource"]))
    remaining = {k: v for k, v in records.get(call, resource).items() if k not in deleted}
    records.put(call, resource, remaining | replaced)
    return {}


def get_resources(call: ApiCall, parameters: Json) -> Json:
    """Return the tagged resources of a list, or all, that match every filter; page by page."""
    listed = [_parse_name(name) for name in parameters.get("ResourceList", [])]
    filters = parameters.get("TagFilters", [])
    selected = [
        (resource, tags)
        for resource, tags in records.list_all(call)
        if (not listed or resource in listed) and all(_matches(criterion, tags) for criterion in filters)
    ]
    start = parse_number(parameters.get("PaginationToken") or "0")
    if start is None:
        raise CloudError("InvalidParameter.PaginationTokenInvalid", "PaginationToken is not valid.")
    end = start + parameters.get("MaxResults", _MAX_RESULTS)
    return {
        "PaginationToken": str(end) if len(selected) > end else "",
        "ResourceTagMappingList": [
            {"Resource": _six_segment_name(call, resource), "Tags": to_tags(tags)}
            for resource, tags in selected[start:end]
        ],
    }


def _parse_name(name: str) -> str:
    """The key of a resource from its six-segment name. Raises CloudError if the name has another form."""
    parts = name.split(":", 5)
    if len(parts) != 6 or parts[0] != "qcs" or not parts[2] or not parts[5]:
        message = f"`{name}` is not a six-segment resource name."
        raise CloudError("InvalidParameterValue.ResourceDescriptionError", message)
    return f"{parts[2]}/{parts[3]}/{parts[5]}"


def require_resource(call: ApiCall, resource: str) -> str:
    """Return the key. Raises CloudError for a function or domain that does not exist; others are not checked."""
    service, region, rest = resource.split("/", 2)
    if service != "scf":
        return resource
    match rest.split("/"):
        case ["namespace", namespace, "function", name]:
            if functions.find(call, f"{region}/{namespace}/{name}") is None:
                raise CloudError("InvalidParameterValue.ResourceIdInvalid", f"Function `{name}` does not exist.")
        case ["customdomain", name]:
            if domains.find(call, region, name) is None:
                raise CloudError("InvalidParameterValue.ResourceIdInvalid", f"Domain `{name}` does not exist.")
        case _:
            raise CloudError("InvalidParameterValue.ResourcePrefixInvalid", f"`{rest}` is not a function or domain.")
    return resource


def to_tags(tags: dict[str, str]) -> list[Json]:
    """Tags as a list in a response of the tag product."""
    return [{"TagKey": key, "TagValue": value, "Category": "Custom"} for key, value in tags.items()]


def _check_counts(resources: list[str], changes: Collection[str]) -> None:
    if len(resources) > _MAX_ITEMS:
        raise CloudError("LimitExceeded.ResourceNumPerRequest", "At most 9 resources can be named at once.")
    if len(changes) > _MAX_ITEMS:
        raise CloudError("LimitExceeded.TagNumPerRequest", "At most 9 tags can be named at once.")


def _change_each(call: ApiCall, names: list[str], change: Callable[[dict[str, str]], dict[str, str]]) -> list[Json]:
    failed = []
    for name in names:
        try:
            resource = require_resource(call, _parse_name(name))
            records.put(call, resource, change(records.get(call, resource)))
        except CloudError as error:
            failed.append({"Resource": name, "Code": error.code, "Message": error.message})
    return failed


def _matches(criterion: Json, tags: dict[str, str]) -> bool:
    key, values = criterion.get("TagKey", ""), criterion.get("TagValue", [])
    return key in tags and (not values or tags[key] in values)


def _six_segment_name(call: ApiCall, resource: str) -> str:
    service, region, rest = resource.split("/", 2)
    return f"qcs::{service}:{region}:uin/{call.context.settings.uin}:{rest}"
