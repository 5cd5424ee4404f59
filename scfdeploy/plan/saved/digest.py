"""A fingerprint of what was observed: equal when nothing moved in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scfdeploy.model import Observed, Ref, Resource, Secret, Value, holds_secret, looks_secret
from scfdeploy.plan.reach import Reach

# `modified` stands for the secrets, which must not even be hashed; addresses of downloads differ at every look.
_FACTS = ("functionId", "modified", "codeSha256", "codeSize", "version", "versions", "content")


def concerning(observed: Observed, reach: Reach) -> Observed:
    """What a plan depends on: not what instances own that share app and stage and are out of its reach."""
    return replace(observed, unlisted=tuple(one for one in observed.unlisted if reach.covers_resource(one)))


def observed_digest(observed: Observed) -> str:
    """SHA-256, in hex, of everything in the cloud that a plan depends on. No secret goes into it."""
    import hashlib
    import json

    shown = sorted((address, list(fields.values())) for address, fields in observed_fields(observed).items())
    text = json.dumps(shown, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def observed_fields(observed: Observed) -> dict[str, dict[str, object]]:
    """The same by address: `settings`, `owner`, `state`, `facts`, as plain data with stars in place of secrets."""
    resources = [*observed.resources.values(), *observed.unlisted]
    return {str(resource.address): _resource(resource) for resource in resources}


def _resource(resource: Resource) -> dict[str, object]:
    return {
        "settings": _plain(resource.settings),
        "owner": resource.owner.as_text() if resource.owner else "",
        "state": resource.state,
        "facts": {name: _plain(resource.attributes.get(name)) for name in _FACTS},
    }


def _plain(value: Value) -> object:
    match value:
        case Secret() | Ref():
            return str(value)
        case str() if holds_secret(value):
            return "***"
        case Mapping():
            return {key: "***" if _is_secret(key, item) else _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _is_secret(name: str, value: Value) -> bool:
    return isinstance(value, str) and looks_secret(name)
