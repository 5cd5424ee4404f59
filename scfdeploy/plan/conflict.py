"""Compares a resource just before a write with the state that its plan was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scfdeploy.model import Resource, Secret, Value, is_secret
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change

_SINCE = "since the plan was made"
# Attributes that a write replaces although no setting names them: the newest version of a layer, header rules of an
# alias. The modification time is not compared: that of a trigger or an alias may change with its function.
_COMPARED_ATTRIBUTES = ("version", "rules")
_STARS = "***"
_LONGEST = 60
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Difference:
    path: str
    before: Value
    now: Value


def describe_conflict(
    change: Change, seen: Resource | None, now: Resource | None, *, was_changing: bool = False
) -> str | None:
    """Describe a later change by others that this change would overwrite; None when there is no conflict.

    `seen` is the resource that the plan was made from, `now` the same resource right before the write; None when it
    did not or does not exist. `was_changing` says that `seen` was in a transitional state, so its settings were not
    final. A resource that already is as the change makes it is no conflict. The text contains no secrets.
    """
    if now is None:
        is_missed = seen is not None and change.action is Action.UPDATE
        return f"the {change.address.kind.label} was deleted {_SINCE}" if is_missed else None
    if seen is None:
        return _appeared(change, now)
    if now.attributes.get("functionId") != seen.attributes.get("functionId"):
        return f"the {change.address.kind.label} was deleted and recreated {_SINCE}"
    if now.owner != seen.owner and (change.action is Action.DELETE or now.owner != change.owner):
        return f"the owner of the {change.address.kind.label} changed {_SINCE}"
    if change.address.kind.has_modification_time:
        # Deletion does not depend on settings, and settings seen in a transitional state were not final.
        return None if change.action is Action.DELETE or was_changing else _by_modification_time(change, seen, now)
    return _by_settings(change, seen, now)


def _appeared(change: Change, now: Resource) -> str | None:
    address = change.address
    if address.comes_with_function:
        return _by_settings(change, None, now)
    by = "another run of this project" if now.owner == change.owner and now.owner is not None else "another client"
    return f"{by} created the {address.kind.label} {_SINCE}"


def _by_modification_time(change: Change, seen: Resource, now: Resource) -> str | None:
    found = _differences(change, seen, now)
    if now.attributes.get("modified") != seen.attributes.get("modified"):  # covers a change of the code, too
        return _changed(change, found)
    # Tags belong to another service, do not change the modification time, and are written one by one.
    written = {field.path for field in change.fields}
    tags = [each for each in found if each.path.startswith("tags.") and each.path in written]
    wanted = dict(_leaves(change.settings))
    tags = [each for each in tags if wanted.get(each.path) != each.now]
    return _changed(change, tags) if tags else None


def _by_settings(change: Change, seen: Resource | None, now: Resource) -> str | None:
    found = _differences(change, seen, now)
    return _changed(change, found) if found and not _is_as_wanted(change, found, now) else None


def _changed(change: Change, found: Iterable[_Difference]) -> str:
    parts = [f"{each.path} from {_shown(each.before)} to {_shown(each.now)}" for each in found]
    more = len(parts) - _MOST
    parts = [*parts[:_MOST], f"{more} more"] if more > 0 else parts
    return f"another client changed {reasons.listed(parts) or f'the {change.address.kind.label}'} {_SINCE}"


def _is_as_wanted(change: Change, found: Iterable[_Difference], now: Resource) -> bool:
    """Whether every setting already has its planned value; a single equal setting may still be an older one."""
    if change.action not in (Action.CREATE, Action.UPDATE):
        return False
    wanted, shown = dict(_leaves(change.settings)), dict(_leaves(now.settings))
    for name in change.address.kind.identity_settings:
        wanted.pop(name, None)
    is_there = all(_revealed(shown.get(path)) == _revealed(value) for path, value in wanted.items())
    return is_there and all(each.path in wanted for each in found)


def _differences(change: Change, seen: Resource | None, now: Resource) -> list[_Difference]:
    before, after = dict(_compared(seen)) if seen else {}, dict(_compared(now))
    secret = {path for path, value in _leaves(change.settings) if isinstance(value, Secret)}
    secret |= {field.path for field in change.fields if field.sensitive} | change.sensitive
    found = []
    for path in sorted(before.keys() | after.keys()):
        was, is_now = before.get(path), after.get(path)
        if _revealed(was) != _revealed(is_now):
            hidden = path in secret or _looks_hidden(path, was) or _looks_hidden(path, is_now)
            found.append(_Difference(path, _hidden(was), _hidden(is_now)) if hidden else _Difference(path, was, is_now))
    return found


def _compared(resource: Resource) -> Iterator[tuple[str, Value]]:
    yield from _leaves(resource.settings)
    yield from ((name, resource.attributes[name]) for name in _COMPARED_ATTRIBUTES if name in resource.attributes)


def _leaves(settings: Mapping[str, Value], under: str = "") -> Iterator[tuple[str, Value]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{under}{name}.")
        elif value is not None:
            yield f"{under}{name}", value


def _looks_hidden(path: str, value: Value) -> bool:
    text = value if isinstance(value, str) else ""
    return isinstance(value, Secret) or is_secret(path.rpartition(".")[2], text)


def _hidden(value: Value) -> Value:
    return Secret(str(_revealed(value))) if value is not None else None


def _revealed(value: Value) -> Value:
    return value.reveal() if isinstance(value, Secret) else value


def _shown(value: Value) -> str:
    import json

    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=lambda _: _STARS)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
