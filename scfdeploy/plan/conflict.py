"""Compare a resource just before a write with the state from which its plan was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Resource, Secret, Value, is_secret
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.records import dataclass

# Attributes that a write replaces although no setting names them: the newest version of a layer, header rules of an
# alias. The modification time is not compared: that of a trigger or an alias can change with its function.
_COMPARED_ATTRIBUTES = ("version", "rules")
_STARS = "***"
_MAX_LENGTH = 60
_MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class _Difference:
    path: str
    before: Value
    now: Value


def describe_conflict(
    change: Change, seen: Resource | None, now: Resource | None, *, was_changing: bool = False
) -> str | None:
    """Describe a later change by others that this change would overwrite; None when there is no conflict.

    `seen` is the resource from which the plan was made, `now` the same resource right before the write; None when it
    did not or does not exist. `was_changing` says that `seen` was in a transitional state, so its settings were not
    final. A resource that already has the planned settings is no conflict. The text contains no secrets.
    """
    kind = message(change.address.kind.label)
    if now is None:
        is_missing = seen is not None and change.action is Action.UPDATE
        return message("the {kind} was deleted since the plan was made", kind=kind) if is_missing else None
    if seen is None:
        return _describe_creation(change, now)
    if now.attributes.get("functionId") != seen.attributes.get("functionId"):
        return message("the {kind} was deleted and recreated since the plan was made", kind=kind)
    if now.owner != seen.owner and (change.action is Action.DELETE or now.owner != change.owner):
        return message("the owner of the {kind} changed since the plan was made", kind=kind)
    if change.address.kind.has_modification_time:
        # Deletion does not depend on settings, and settings seen in a transitional state were not final.
        return None if change.action is Action.DELETE or was_changing else _by_modification_time(change, seen, now)
    return _by_settings(change, seen, now)


def _describe_creation(change: Change, now: Resource) -> str | None:
    if change.address.comes_with_function:
        return _by_settings(change, None, now)
    kind = message(change.address.kind.label)
    if now.owner == change.owner and now.owner is not None:
        return message("another run of this project created the {kind} since the plan was made", kind=kind)
    return message("another client created the {kind} since the plan was made", kind=kind)


def _by_modification_time(change: Change, seen: Resource, now: Resource) -> str | None:
    changed = _differences(change, seen, now)
    if now.attributes.get("modified") != seen.attributes.get("modified"):  # also covers a change of the code
        return _describe(change, changed)
    # Tags belong to another service, do not change the modification time, and are written one by one.
    written = {field.path for field in change.fields}
    desired = dict(_leaves(change.settings))
    tags = [
        difference
        for difference in changed
        if difference.path.startswith("tags.")
        and difference.path in written
        and desired.get(difference.path) != difference.now
    ]
    return _describe(change, tags) if tags else None


def _by_settings(change: Change, seen: Resource | None, now: Resource) -> str | None:
    changed = _differences(change, seen, now)
    return _describe(change, changed) if changed and not _is_as_planned(change, changed, now) else None


def _describe(change: Change, changed: Sequence[_Difference]) -> str:
    items = [
        message(
            "{path} from {before} to {after}",
            path=difference.path,
            before=_quoted(difference.before),
            after=_quoted(difference.now),
        )
        for difference in changed[:_MAX_LISTED]
    ]
    if len(changed) > _MAX_LISTED:
        items.append(message("{count} more", count=len(changed) - _MAX_LISTED))
    subject = reasons.listed(items) or message("the {kind}", kind=message(change.address.kind.label))
    return message("another client changed {subject} since the plan was made", subject=subject)


def _is_as_planned(change: Change, changed: Sequence[_Difference], now: Resource) -> bool:
    """Whether every setting already has its planned value; a single equal setting can still be an older one."""
    if change.action not in (Action.CREATE, Action.UPDATE):
        return False
    planned, current = dict(_leaves(change.settings)), dict(_leaves(now.settings))
    for name in change.address.kind.identity_settings:
        planned.pop(name, None)
    is_written = all(_revealed(current.get(path)) == _revealed(value) for path, value in planned.items())
    return is_written and all(difference.path in planned for difference in changed)


def _differences(change: Change, seen: Resource | None, now: Resource) -> list[_Difference]:
    before, after = dict(_compared(seen)) if seen else {}, dict(_compared(now))
    secret = {path for path, value in _leaves(change.settings) if isinstance(value, Secret)}
    secret |= {field.path for field in change.fields if field.sensitive} | change.sensitive
    result = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if _revealed(old) != _revealed(new):
            if path in secret or _looks_secret(path, old) or _looks_secret(path, new):
                old, new = _hidden(old), _hidden(new)
            result.append(_Difference(path, old, new))
    return result


def _compared(resource: Resource) -> Iterator[tuple[str, Value]]:
    yield from _leaves(resource.settings)
    yield from ((name, resource.attributes[name]) for name in _COMPARED_ATTRIBUTES if name in resource.attributes)


def _leaves(settings: Mapping[str, Value], prefix: str = "") -> Iterator[tuple[str, Value]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", value


def _looks_secret(path: str, value: Value) -> bool:
    text = value if isinstance(value, str) else ""
    return isinstance(value, Secret) or is_secret(path.rpartition(".")[2], text)


def _hidden(value: Value) -> Value:
    return Secret(str(_revealed(value))) if value is not None else None


def _revealed(value: Value) -> Value:
    return value.reveal() if isinstance(value, Secret) else value


def _quoted(value: Value) -> str:
    import json

    if value is None:
        return message("nothing")
    text = json.dumps(value, ensure_ascii=False, default=lambda _: _STARS)
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"
