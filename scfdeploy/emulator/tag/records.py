"""The stored tags of resources, and the rules for keys and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.facts import limit

_KIND = "tags"
# The tags that functions return until the time `until`, under a fault rule with late_tags_s.
_VISIBLE = "tags_shown"
_TEXT = re.compile(r"[\w \-+=.:/@()\[\]]*")
_RESERVED = ("qcloud", "tencent", "project")


def function_resource(key: str) -> str:
    """The key of a function in the tag product: `scf/<region>/namespace/<namespace>/function/<name>`."""
    region, namespace, name = key.split("/")
    return f"scf/{region}/namespace/{namespace}/function/{name}"


def get(call: ApiCall, resource: str) -> dict[str, str]:
    """The tags of a resource, by key."""
    return call.store.get(_KIND, resource) or {}


def visible(call: ApiCall, resource: str) -> dict[str, str]:
    """The tags that the resource itself returns; a fault rule can delay changes."""
    previous = call.store.get(_VISIBLE, resource)
    if previous is not None and call.now < previous["until"]:
        return dict(previous["tags"])
    return get(call, resource)


def visible_of_all(call: ApiCall, resources: Sequence[str]) -> dict[str, dict[str, str]]:
    """`visible` of several resources. Those without tags are left out."""
    shown = call.store.get_many(_VISIBLE, resources).items()
    previous = {resource: dict(tags["tags"]) for resource, tags in shown if call.now < tags["until"]}
    return call.store.get_many(_KIND, resources) | previous


def put(call: ApiCall, resource: str, tags: dict[str, str]) -> None:
    """Replace all tags of a resource. Raises CloudError for too many."""
    if len(tags) > limit("tags.max"):
        raise CloudError("LimitExceeded.ResourceAttachedTags", "A resource carries at most 50 tags.")
    if call.late_tags_s:
        until = call.now + call.late_tags_s
        call.store.put(_VISIBLE, resource, {"until": until, "tags": visible(call, resource)})
    if tags:
        call.store.put(_KIND, resource, tags)
    else:
        call.store.delete(_KIND, resource)


def list_all(call: ApiCall) -> list[tuple[str, dict[str, str]]]:
    """Every resource with tags, and its tags."""
    return call.store.list_prefix(_KIND, "")


def from_pairs(pairs: Iterable[Json], *, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags from a list in a request. Raises CloudError for a repeated or invalid key and an invalid value."""
    tags: dict[str, str] = {}
    for pair in pairs:
        name = check_key(pair.get(key, ""))
        if name in tags:
            raise CloudError("InvalidParameterValue.TagKeyDuplicate", f"Tag `{name}` is given twice.")
        tags[name] = check_value(pair.get(value, ""))
    return tags


def to_pairs(tags: dict[str, str]) -> list[Json]:
    """Tags as a list in a response of SCF."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def check_key(name: str) -> str:
    """Return the key. Raises CloudError if it is not valid."""
    if not name:
        raise CloudError("InvalidParameterValue.TagKeyEmpty", "A tag key is empty.")
    if len(name) > limit("tags.key.max_chars"):
        raise CloudError("InvalidParameterValue.TagKeyLengthExceeded", f"Tag key `{name}` is too long.")
    if not _TEXT.fullmatch(name):
        raise CloudError("InvalidParameterValue.TagKeyCharacterIllegal", f"Tag key `{name}` has illegal characters.")
    if name.lower().startswith(_RESERVED):
        raise CloudError("InvalidParameterValue.ReservedTagKey", f"Tag key `{name}` is reserved for the platform.")
    return name


def check_value(text: str) -> str:
    """Return the value. Raises CloudError if it is not valid."""
    if len(text) > limit("tags.value.max_chars"):
        raise CloudError("InvalidParameterValue.TagValueLengthExceeded", f"Tag value `{text}` is too long.")
    if not _TEXT.fullmatch(text):
        raise CloudError("InvalidParameterValue.TagValueCharacterIllegal", f"Tag value `{text}` is illegal.")
    return text
