"""Write resource tags; keep write-only settings in tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from scfdeploy.model import Address, Value
from scfdeploy.model.observed import WRITE_ONLY_TAGS
from scfdeploy.model.value import whole_number
from scfdeploy.plan import FieldChange
from scfdeploy.providers.base import Readiness, Step
from scfdeploy.providers.tencent.resources.get_function import find_function
from scfdeploy.providers.tencent.resources.wire import Params, Settings, pairs
from scfdeploy.providers.tencent.transport.client import Client

_PREFIX = "tags."
_MOST_AT_ONCE = 10


def tag_changes(fields: Iterable[FieldChange]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Tags to set and keys to remove, out of all that changes."""
    changed = [(field.path.removeprefix(_PREFIX), field.after) for field in fields if field.path.startswith(_PREFIX)]
    wanted = {key: str(after) for key, after in changed if after is not None}
    return wanted, tuple(key for key, after in changed if after is None)


def tag_step(client: Client, function: Address, *, wanted: Mapping[str, str], unwanted: Sequence[str]) -> Step:
    """The step that sets and removes these tags of a function."""

    def run() -> str:
        # The uin may be empty: the key pair says whose the function is.
        resource = f"qcs::scf:{client.region}:uin/:namespace/{function.namespace}/function/{function.function}"
        request_id = ""
        for part in _parts(wanted, unwanted):
            answer = client.write("ModifyResourceTags", {"Resource": resource, **part}, product="tag")
            request_id = str(answer.get("RequestId", ""))
        return request_id

    def readiness() -> Readiness:
        # The function shows them about a second later.
        shown = pairs((find_function(client, function) or {}).get("Tags"))
        is_set = all(shown.get(key) == value for key, value in wanted.items())
        return Readiness.READY if is_set and not any(key in shown for key in unwanted) else Readiness.PENDING

    return Step("update tags", run, readiness=readiness, idempotent=True)


def _parts(wanted: Mapping[str, str], unwanted: Sequence[str]) -> Iterable[Params]:
    """Requests within the platform's count; it refuses empty lists."""
    setting = [{"TagKey": key, "TagValue": value} for key, value in wanted.items()]
    removing = [{"TagKey": key} for key in unwanted]
    for start in range(0, max(len(setting), len(removing)), _MOST_AT_ONCE):
        part = {
            "ReplaceTags": setting[start : start + _MOST_AT_ONCE],
            "DeleteTags": removing[start : start + _MOST_AT_ONCE],
        }
        yield {name: rows for name, rows in part.items() if rows}


def from_tags(answer: Mapping[str, Any]) -> dict[str, Value]:
    """The settings that the tags in an answer remember, in normal form."""
    tags = pairs(answer.get("Tags"))
    # The cloud says of a GPU itself that it is one; that it is none, it says of some that are.
    found: dict[str, Value] = {"nodeType": "GPU" if answer.get("UseGpu") == "TRUE" else "CPU"}
    for name, key in WRITE_ONLY_TAGS.items():
        if key in tags:
            found[name] = _value(name, tags[key])
    return found


def to_tags(settings: Settings, names: Collection[str]) -> dict[str, str]:
    """The tags that remember those settings among `names` that are written."""
    return {key: _text(settings[name]) for name, key in WRITE_ONLY_TAGS.items() if name in names and name in settings}


def _value(name: str, text: str) -> Value:
    match name:
        case "diskSize":
            return whole_number(text)
        case "ignoreSysLog":
            return text == "true"
    return text


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
