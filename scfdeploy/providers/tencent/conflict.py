"""Says what became of a resource between the look that a plan was made from and a later one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scfdeploy.model import Resource, Secret, Value, is_secret
from scfdeploy.plan import Action, Change, reasons
from scfdeploy.providers.tencent.resources.function_status import PASSING

_SINCE = "since the plan was made"
# What is written over although no setting says it: the newest version of a layer, rules of an alias about headers. Not
# when it was changed: for all that is documented, that of a trigger or an alias may move with its function.
_FACTS = ("version", "rules")
_ALWAYS_THERE = ("async", "concurrency")
_DEFAULT_ALIAS = "$DEFAULT"
_STARS = "***"
_LONGEST = 60
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Difference:
    path: str
    before: Value
    now: Value


def describe_conflict(change: Change, seen: Resource | None, now: Resource | None) -> str | None:
    """What somebody else did that the change would undo, in words; None when nothing stands in its way.

    `seen` is the resource that the plan was made from, `now` the same one right before it is written; None where there
    was, or is, none. What is by now as the change makes it stands in no way. No secret is in the words.
    """
    if now is None:
        is_missed = seen is not None and change.action is Action.UPDATE
        return f"the {change.address.kind} was deleted {_SINCE}" if is_missed else None
    if seen is None:
        return _appeared(change, now)
    if now.attributes.get("functionId") != seen.attributes.get("functionId"):
        return f"the {change.address.kind} was deleted and made again {_SINCE}"
    if now.owner != seen.owner and (change.action is Action.DELETE or now.owner != change.owner):
        return f"the {change.address.kind} has another owner's mark than when the plan was made"
    return _function(change, seen, now) if change.address.kind == "function" else _part(change, seen, now)


def _appeared(change: Change, now: Resource) -> str | None:
    address = change.address
    is_put = address.kind in _ALWAYS_THERE or (address.kind, address.name) == ("alias", _DEFAULT_ALIAS)
    if is_put:
        return _part(change, None, now)
    by = "another run of this project" if now.owner == change.owner and now.owner is not None else "somebody else"
    return f"{by} made the {address.kind} {_SINCE}"


def _function(change: Change, seen: Resource, now: Resource) -> str | None:
    """A function is deleted whatever its settings are. The time of its last change tells of its code, too.

    One that was on its way was not seen as it ends: only whose it is, and which, can be compared.
    """
    if change.action is Action.DELETE or seen.state in PASSING:
        return None
    found = _differences(change, seen, now)
    if now.attributes.get("modified") != seen.attributes.get("modified"):
        return _changed(change, found)
    # Tags are another product's, which does not move that time, and each is written by itself.
    written = {field.path for field in change.fields}
    tags = [each for each in found if each.path.startswith("tags.") and each.path in written]
    wanted = dict(_leaves(change.settings))
    tags = [each for each in tags if wanted.get(each.path) != each.now]
    return _changed(change, tags) if tags else None


def _part(change: Change, seen: Resource | None, now: Resource) -> str | None:
    found = _differences(change, seen, now)
    return _changed(change, found) if found and not _is_as_wanted(change, found, now) else None


def _changed(change: Change, found: Iterable[_Difference]) -> str:
    parts = [f"{each.path} from {_shown(each.before)} to {_shown(each.now)}" for each in found]
    more = len(parts) - _MOST
    parts = [*parts[:_MOST], f"{more} more"] if more > 0 else parts
    return f"somebody changed {reasons.listed(parts) or f'the {change.address.kind}'} {_SINCE}"


def _is_as_wanted(change: Change, found: Iterable[_Difference], now: Resource) -> bool:
    """Whether all is as the change makes it. One setting that is says nothing: it may be a step back, not one ahead."""
    if change.action not in (Action.CREATE, Action.UPDATE):
        return False
    wanted, shown = dict(_leaves(change.settings)), dict(_leaves(now.settings))
    if change.address.kind == "concurrency":
        wanted.pop("qualifier", None)  # which version it is: no setting of its instances
    is_there = all(_revealed(shown.get(path)) == _revealed(value) for path, value in wanted.items())
    return is_there and all(each.path in wanted for each in found)


def _differences(change: Change, seen: Resource | None, now: Resource) -> list[_Difference]:
    before, after = dict(_told(seen)) if seen else {}, dict(_told(now))
    secret = {path for path, value in _leaves(change.settings) if isinstance(value, Secret)}
    secret |= {field.path for field in change.fields if field.sensitive} | change.sensitive
    found = []
    for path in sorted(before.keys() | after.keys()):
        was, is_now = before.get(path), after.get(path)
        if _revealed(was) != _revealed(is_now):
            hidden = path in secret or _looks_hidden(path, was) or _looks_hidden(path, is_now)
            found.append(_Difference(path, _hidden(was), _hidden(is_now)) if hidden else _Difference(path, was, is_now))
    return found


def _told(resource: Resource) -> Iterator[tuple[str, Value]]:
    yield from _leaves(resource.settings)
    yield from ((name, resource.attributes[name]) for name in _FACTS if name in resource.attributes)


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
