"""The tag product by six-segment names: TagResources, UnTagResources, ModifyResourceTags and GetResources."""

from __future__ import annotations

from collections.abc import Callable, Collection

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.numbers import whole_number
from scfdeploy.emulator.scf.records import functions
from scfdeploy.emulator.tag import records

_MAX_ITEMS = 9
_MAX_CHANGES = 10
_MAX_RESULTS = 50


def tag_resources(call: ApiCall, parameters: Json) -> Json:
    """Set tags on several resources; what failed is listed, not raised."""
    wanted = records.from_pairs(parameters["Tags"], key="TagKey", value="TagValue")
    _require_few(parameters["ResourceList"], wanted)
    return {"FailedResources": _each(call, parameters["ResourceList"], lambda found: found | wanted)}


def untag_resources(call: ApiCall, parameters: Json) -> Json:
    """Take tags off several resources; what failed is listed, not raised."""
    unwanted = set(parameters["TagKeys"])
    _require_few(parameters["ResourceList"], unwanted)
    failed = _each(
        call, parameters["ResourceList"], lambda found: {k: v for k, v in found.items() if k not in unwanted}
    )
    return {"FailedResources": failed}


def modify_tags(call: ApiCall, parameters: Json) -> Json:
    """Set some tags of one resource and take others off, at once."""
    replaced = records.from_pairs(parameters.get("ReplaceTags", []), key="TagKey", value="TagValue")
    deleted = {entry.get("TagKey", "") for entry in parameters.get("DeleteTags", [])}
    if not replaced and not deleted:
        raise CloudError("MissingParameter", "ReplaceTags or DeleteTags must name a tag.")
    if max(len(replaced), len(deleted)) > _MAX_CHANGES:
        raise CloudError("LimitExceeded.TagNumPerRequest", "At most 10 tags can be changed at once.")
    if deleted & set(replaced):
        raise CloudError("InvalidParameterValue.DeleteTagsParamError", "A tag is both replaced and deleted.")
    resource = existing(call, parse(parameters["Resource"]))
    kept = {k: v for k, v in records.of(call, resource).items() if k not in deleted}
    records.keep(call, resource, kept | replaced)
    return {}


def get_resources(call: ApiCall, parameters: Json) -> Json:
    """Tagged resources: those of a list, or those that every filter lets through; page by page."""
    listed = [parse(name) for name in parameters.get("ResourceList", [])]
    filters = parameters.get("TagFilters", [])
    found = [
        (resource, own)
        for resource, own in records.every(call)
        if (not listed or resource in listed) and all(_passes(wanted, own) for wanted in filters)
    ]
    start, size = _window(parameters)
    rest = len(found) > start + size
    return {
        "PaginationToken": str(start + size) if rest else "",
        "ResourceTagMappingList": [
            {"Resource": _six_segments(call, resource), "Tags": shown(own)}
            for resource, own in found[start : start + size]
        ],
    }


def parse(name: str) -> str:
    """Our key of a resource from its six-segment name. Raises CloudError when the name has another form."""
    parts = name.split(":", 5)
    if len(parts) != 6 or parts[0] != "qcs" or not parts[2] or not parts[5]:
        message = f"`{name}` is not a six-segment resource name."
        raise CloudError("InvalidParameterValue.ResourceDescriptionError", message)
    return f"{parts[2]}/{parts[3]}/{parts[5]}"


def existing(call: ApiCall, resource: str) -> str:
    """The resource itself; raises CloudError for a function that does not exist. Other products are taken on trust."""
    service, region, rest = resource.split("/", 2)
    if service != "scf":
        return resource
    steps = rest.split("/")
    if len(steps) != 4 or steps[0] != "namespace" or steps[2] != "function":
        raise CloudError("InvalidParameterValue.ResourcePrefixInvalid", f"`{rest}` is not a function.")
    if call.store.get(functions.FUNCTION, f"{region}/{steps[1]}/{steps[3]}") is None:
        raise CloudError("InvalidParameterValue.ResourceIdInvalid", f"Function `{steps[3]}` does not exist.")
    return resource


def shown(own: dict[str, str]) -> list[Json]:
    """Tags in the words of the tag product."""
    return [{"TagKey": key, "TagValue": value, "Category": "Custom"} for key, value in own.items()]


def _require_few(resources: list[str], changes: Collection[str]) -> None:
    if len(resources) > _MAX_ITEMS:
        raise CloudError("LimitExceeded.ResourceNumPerRequest", "At most 9 resources can be named at once.")
    if len(changes) > _MAX_ITEMS:
        raise CloudError("LimitExceeded.TagNumPerRequest", "At most 9 tags can be named at once.")


def _each(call: ApiCall, names: list[str], change: Callable[[dict[str, str]], dict[str, str]]) -> list[Json]:
    failed = []
    for name in names:
        try:
            resource = existing(call, parse(name))
            records.keep(call, resource, change(records.of(call, resource)))
        except CloudError as error:
            failed.append({"Resource": name, "Code": error.code, "Message": error.message})
    return failed


def _passes(wanted: Json, own: dict[str, str]) -> bool:
    key, values = wanted.get("TagKey", ""), wanted.get("TagValue", [])
    return key in own and (not values or own[key] in values)


def _window(parameters: Json) -> tuple[int, int]:
    token = whole_number(parameters.get("PaginationToken") or "0")
    if token is None:
        raise CloudError("InvalidParameter.PaginationTokenInvalid", "PaginationToken is not one of ours.")
    return token, parameters.get("MaxResults", _MAX_RESULTS)


def _six_segments(call: ApiCall, resource: str) -> str:
    service, region, rest = resource.split("/", 2)
    return f"qcs::{service}:{region}:uin/{call.context.settings.uin}:{rest}"
