"""Writes resource tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.plan import FieldChange
from scfdeploy.providers.base import Readiness, Step
from scfdeploy.providers.tencent.resources.function_reader import find_function
from scfdeploy.providers.tencent.resources.wire import Params, pairs
from scfdeploy.providers.tencent.transport.client import Client

_PREFIX = "tags."
_MAX_PER_REQUEST = 10


def tag_changes(fields: Iterable[FieldChange]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The tags to set and the keys to remove, from the changed fields of a function."""
    tags = [(field.path.removeprefix(_PREFIX), field.after) for field in fields if field.path.startswith(_PREFIX)]
    to_set = {key: str(after) for key, after in tags if after is not None}
    return to_set, tuple(key for key, after in tags if after is None)


def tag_step(client: Client, function: Address, *, to_set: Mapping[str, str], to_remove: Sequence[str]) -> Step:
    """The step that sets and removes these tags of a function."""

    def run() -> str:
        resource = f"{_of_region(client)}:namespace/{function.namespace}/function/{function.function}"
        return modify_tags(client, resource, to_set=to_set, to_remove=to_remove)

    def readiness() -> Readiness:
        # The function has the tags about a second after the call.
        current = pairs((find_function(client, function) or {}).get("Tags"))
        is_set = all(current.get(key) == value for key, value in to_set.items())
        return Readiness.READY if is_set and not any(key in current for key in to_remove) else Readiness.PENDING

    return Step(message("update tags"), run, readiness=readiness, idempotent=True)


def domain_resource(client: Client, domain: Address) -> str:
    """The name of a custom domain for the tag service."""
    return f"{_of_region(client)}:customdomain/{domain.name}"


def modify_tags(client: Client, resource: str, *, to_set: Mapping[str, str], to_remove: Sequence[str]) -> str:
    """Set and remove tags of a resource; returns the request id of the last call. Raises CloudError."""
    request_id = ""
    for params in _batches(to_set, to_remove):
        request_id = client.submit("ModifyResourceTags", {"Resource": resource, **params}, product="tag")
    return request_id


def _of_region(client: Client) -> str:
    """The start of the names of SCF's resources; the uin may be empty, because the key pair identifies the account."""
    return f"qcs::scf:{client.region}:uin/"


def _batches(to_set: Mapping[str, str], to_remove: Sequence[str]) -> Iterable[Params]:
    """The parameters of requests within the platform's limit, without empty lists, which it rejects."""
    replaced = [{"TagKey": key, "TagValue": value} for key, value in to_set.items()]
    deleted = [{"TagKey": key} for key in to_remove]
    for start in range(0, max(len(replaced), len(deleted)), _MAX_PER_REQUEST):
        batch = slice(start, start + _MAX_PER_REQUEST)
        params = {"ReplaceTags": replaced[batch], "DeleteTags": deleted[batch]}
        yield {name: rows for name, rows in params.items() if rows}
