"""What the files say of a function, as one text: equal when nothing that its plan compares has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

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
    is_secret,
)
from scfdeploy.plan.resolve import references, with_references
from scfdeploy.plan.secret_digest import revealed
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

    secrets: set[str] = set()

    def plain(one: FunctionSpec | TriggerSpec) -> object:
        settings = with_references(one.settings, value_of)
        secrets.update(_secrets_in(settings, "", frozenset(map(dotted, one.sensitive)), known))
        return revealed(settings)

    source, owner = spec.source, spec.owner
    content = {
        "address": str(spec.address),
        "owner": [owner.app, owner.stage, owner.instance],
        "region": spec.region,
        "settings": plain(spec),
        "written": sorted(str(path[0]) for path in spec.key_spans if len(path) == 1),
        "keepsCode": spec.keeps_code,
        "source": [source.bucket, source.object, source.region] if isinstance(source, ObjectSource) else None,
        "bundle": None
        if bundle is None
        else [bundle.sha256, bundle.content_sha256, bundle.bucket, bundle.object, bundle.region],
        "triggers": [[str(trigger.address), trigger.type, trigger.name, plain(trigger)] for trigger in spec.triggers],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return DesiredFunction(text, frozenset(secrets))


def referenced_functions(spec: FunctionSpec) -> Iterator[Address]:
    """The other functions whose values the function uses."""
    for ref in references(spec.settings):
        if not ref.address.kind.is_shared and ref.address.of != spec.address:
            yield ref.address.of


def _secrets_in(value: Value, path: str, sensitive: frozenset[str], known: KnownSecrets) -> Iterator[str]:
    match value:
        case str():
            if path in sensitive or is_secret(path.rpartition(".")[2], value) or known.occur_in(value):
                yield value
        case int() | None:
            return
        case Secret():
            yield value.reveal()
        case Mapping():
            for key, item in value.items():
                yield from _secrets_in(item, f"{path}.{key}" if path else str(key), sensitive, known)
        case list() | tuple():
            for number, item in enumerate(value):
                yield from _secrets_in(item, f"{path}[{number}]", sensitive, known)
