"""A digest of the observed cloud: equal when nothing that a plan depends on changed in between."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Observed, Ref, Resource, Secret, Value, holds_secret, looks_secret
from scfdeploy.plan.reach import Reach
from scfdeploy.records import replace

# `modified` represents the secrets, which must not even be hashed. Download URLs differ with every read.
_ATTRIBUTES = ("functionId", "modified", "codeSha256", "codeSize", "version", "versions", "content")


def relevant(observed: Observed, reach: Reach) -> Observed:
    """The resources that a plan depends on: without unlisted ones that are out of its reach."""
    return replace(observed, unlisted=tuple(filter(reach.covers_resource, observed.unlisted)))


def observed_digest(observed: Observed) -> str:
    """The SHA-256, in hex, of all observed resources, without secrets."""
    import hashlib
    import json

    shown = sorted((address, list(fields.values())) for address, fields in observed_fields(observed).items())
    text = json.dumps(shown, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def observed_fields(observed: Observed) -> dict[str, dict[str, object]]:
    """The resources by address: `settings`, `owner`, `state`, `facts` as plain data, with stars for secrets."""
    resources = [*observed.resources.values(), *observed.unlisted]
    return {str(resource.address): _resource(resource) for resource in resources}


def _resource(resource: Resource) -> dict[str, object]:
    return {
        "settings": _plain(resource.settings),
        "owner": resource.owner.as_text() if resource.owner else "",
        "state": resource.state,
        "facts": {name: _plain(resource.attributes.get(name)) for name in _ATTRIBUTES},
    }


def _plain(value: Value) -> object:
    match value:
        case Secret() | Ref():
            return str(value)
        case str():
            return "***" if holds_secret(value) else value
        case int() | None:
            return value
        case Mapping():
            return {key: "***" if _is_secret(key, item) else _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _is_secret(name: str, value: Value) -> bool:
    return isinstance(value, str) and looks_secret(name)
