"""Mark sensitive fields of a plan. A value that contains a sensitive value is sensitive too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.model import (
    Address,
    DomainSpec,
    FunctionSpec,
    LayerSpec,
    Project,
    Secret,
    TriggerSpec,
    Value,
    domains_of,
    dotted,
    holds_secret,
    looks_secret,
)
from scfdeploy.plan.change import Change, FieldChange
from scfdeploy.records import replace

_TAGS = "tags."


def with_sensitive_fields(project: Project, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes with each field marked whose old or new value is secret or comes from a secret."""
    paths = _sensitive_paths(project)
    return tuple(
        _marked(change, paths.get(change.address, paths.get(change.address.of, ())), project) for change in changes
    )


def _sensitive_paths(project: Project) -> Mapping[Address, tuple[str, ...]]:
    triggers = [trigger for function in project.functions for trigger in function.triggers]
    specs: list[FunctionSpec | LayerSpec | TriggerSpec | DomainSpec] = [*project.functions, *project.layers, *triggers]
    specs += domains_of(project)
    return {spec.address: tuple(sorted(map(dotted, spec.sensitive))) for spec in specs}


def _marked(change: Change, paths: Iterable[str], project: Project) -> Change:
    fields = tuple(
        replace(field, sensitive=True) if not field.sensitive and _is_sensitive(field, paths, project) else field
        for field in change.fields
    )
    return replace(change, fields=fields, sensitive=frozenset(paths)) if paths or fields != change.fields else change


def _is_sensitive(field: FieldChange, paths: Iterable[str], project: Project) -> bool:
    path = field.path
    if any(secret == path or secret.startswith((f"{path}.", f"{path}[")) for secret in paths):
        return True
    if path.startswith(_TAGS) and looks_secret(path.removeprefix(_TAGS)):
        return True
    return _holds_secret(field.before, project) or _holds_secret(field.after, project)


def _holds_secret(value: Value, project: Project) -> bool:
    match value:
        case Secret():
            return True
        case str():
            return holds_secret(value) or project.secrets.occur_in(value)
        case Mapping():
            return any(_holds_secret(item, project) for item in value.values())
        case list() | tuple():
            return any(_holds_secret(item, project) for item in value)
    return False
