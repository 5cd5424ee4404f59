"""Tags on resources: keys and values by resource, and the rules for both."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.facts import limit

KIND = "tags"
# What functions show instead, until the moment `until`, while a fault rule lets tags show late.
_SHOWN = "tags_shown"
_TEXT = re.compile(r"[\w \-+=.:/@()\[\]]*")
_RESERVED = ("qcloud", "tencent", "project")


def function_resource(key: str) -> str:
    """The tag product's own key of a function: `scf/<region>/namespace/<namespace>/function/<name>`."""
    region, namespace, name = key.split("/")
    return f"scf/{region}/namespace/{namespace}/function/{name}"


def of(call: ApiCall, resource: str) -> dict[str, str]:
    """The tags of a resource, by key."""
    return call.store.get(KIND, resource) or {}


def shown(call: ApiCall, resource: str) -> dict[str, str]:
    """The tags of a resource as the function itself shows them, which may be later than they are there."""
    late = call.store.get(_SHOWN, resource)
    if late is not None and call.now < late["until"]:
        found: dict[str, str] = late["tags"]
        return found
    return of(call, resource)


def keep(call: ApiCall, resource: str, tags: dict[str, str]) -> None:
    """Let these be all tags of a resource. Raises CloudError when they are too many."""
    if len(tags) > limit("tags.max"):
        raise CloudError("LimitExceeded.ResourceAttachedTags", "A resource carries at most 50 tags.")
    if call.late_tags_s:
        until = call.now + call.late_tags_s
        call.store.put(_SHOWN, resource, {"until": until, "tags": shown(call, resource)})
    if tags:
        call.store.put(KIND, resource, tags)
    else:
        call.store.delete(KIND, resource)


def every(call: ApiCall) -> list[tuple[str, dict[str, str]]]:
    """Each resource that has tags, with them."""
    return call.store.list_prefix(KIND, "")


def from_pairs(pairs: Iterable[Json], *, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags from a request's list. Raises CloudError for a repeated or illegal key and for an illegal value."""
    found: dict[str, str] = {}
    for pair in pairs:
        name = checked_key(pair.get(key, ""))
        if name in found:
            raise CloudError("InvalidParameterValue.TagKeyDuplicate", f"Tag `{name}` is given twice.")
        found[name] = checked_value(pair.get(value, ""))
    return found


def checked_key(name: str) -> str:
    """The key itself, when users may have it."""
    if not name:
        raise CloudError("InvalidParameterValue.TagKeyEmpty", "A tag key is empty.")
    if len(name) > limit("tags.key.max_chars"):
        raise CloudError("InvalidParameterValue.TagKeyLengthExceeded", f"Tag key `{name}` is too long.")
    if not _TEXT.fullmatch(name):
        raise CloudError("InvalidParameterValue.TagKeyCharacterIllegal", f"Tag key `{name}` has illegal characters.")
    if name.lower().startswith(_RESERVED):
        raise CloudError("InvalidParameterValue.ReservedTagKey", f"Tag key `{name}` is the platform's own.")
    return name


def checked_value(text: str) -> str:
    """The value itself, when a tag may have it."""
    if len(text) > limit("tags.value.max_chars"):
        raise CloudError("InvalidParameterValue.TagValueLengthExceeded", f"Tag value `{text}` is too long.")
    if not _TEXT.fullmatch(text):
        raise CloudError("InvalidParameterValue.TagValueCharacterIllegal", f"Tag value `{text}` is illegal.")
    return text
