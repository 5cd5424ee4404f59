"""What the files say of a function, as one text: equal when nothing that its plan compares has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from scfdeploy.model import (
    Address,
    Bundle,
    FunctionSpec,
    KnownSecrets,
    ObjectSource,
    Ref,
    Secret,
    TriggerSpec,
    Value,
    dotted,
    holds_secret,
    looks_secret,
)
from scfdeploy.plan.resolve import references, with_references
from scfdeploy.records import NamedTuple


class DesiredFunction(NamedTuple):
    """The text, and the secrets in it."""

    text: str
    secrets: frozenset[str]


def desired_function(
    spec: FunctionSpec, bundle: Bundle | None, value_of: Callable[[Ref], Value], known: KnownSecrets
) -> DesiredFunction:
    """The content of the files for one function. `value_of` resolves references to what is no function."""
    import json

    found: set[str] = set()
    source = spec.source
    content = {
        "address": str(spec.address),
        "owner": list(_owner(spec)),
        "region": spec.region,
        "settings": _plain(_resolved(spec.settings, value_of), "", _paths(spec), known, found),
        "written": sorted(str(path[0]) for path in spec.key_spans if len(path) == 1),
        "keepsCode": spec.keeps_code,
        "source": [source.bucket, source.object, source.region] if isinstance(source, ObjectSource) else None,
        "bundle": None
        if bundle is None
        else [bundle.sha256, bundle.content_sha256, bundle.bucket, bundle.object, bundle.region],
        "triggers": [
            [
                str(trigger.address),
                trigger.type,
                trigger.name,
                _plain(_resolved(trigger.settings, value_of), "", _paths(trigger), known, found),
            ]
            for trigger in spec.triggers
        ],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return DesiredFunction(text, frozenset(found))


def referenced_functions(spec: FunctionSpec) -> Iterator[Address]:
    """The other functions whose values the function uses."""
    for ref in references(spec.settings):
        if not ref.address.kind.is_shared and ref.address.of != spec.address:
            yield ref.address.of


def _owner(spec: FunctionSpec) -> Iterable[str]:
    return (spec.owner.app, spec.owner.stage, spec.owner.instance)


def _resolved(settings: Mapping[str, Value], value_of: Callable[[Ref], Value]) -> dict[str, Value]:
    return {name: with_references(value, value_of) for name, value in settings.items()}


def _paths(spec: FunctionSpec | TriggerSpec) -> frozenset[str]:
    return frozenset(map(dotted, spec.sensitive))


def _plain(value: Value, path: str, sensitive: frozenset[str], known: KnownSecrets, found: set[str]) -> object:
    """The value as plain data, with secrets revealed; these are added to `found`."""
    match value:
        case Secret():
            found.add(value.reveal())
            return ["secret", value.reveal()]
        case Ref():
            return ["ref", str(value)]
        case Mapping():
            return {
                str(key): _plain(item, f"{path}.{key}" if path else str(key), sensitive, known, found)
                for key, item in value.items()
            }
        case list() | tuple():
            return [_plain(item, f"{path}[{number}]", sensitive, known, found) for number, item in enumerate(value)]
        case str() if _is_secret(value, path, sensitive, known):
            found.add(value)
    return value


def _is_secret(text: str, path: str, sensitive: frozenset[str], known: KnownSecrets) -> bool:
    return path in sensitive or looks_secret(path.rpartition(".")[2]) or holds_secret(text) or known.occur_in(text)
