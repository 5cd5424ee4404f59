"""A plan that is kept to be applied later: what it is, how it is made of a plan, and whether it still holds.

It holds no secret. It is not carried out from what it holds: the project is read and planned again, and what comes out
has to be this plan, word for word but for reasons and order: one checkout may remember more than another of what was
left half replaced. So a file that somebody changed can make an apply refuse, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Observed, Project, ProjectKey, Ref, Secret, Value
from scfdeploy.plan.change import Plan
from scfdeploy.plan.document import as_document
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.reach import reach_of_plan
from scfdeploy.plan.saved.digest import observed_fields, relevant

_ROUNDS = 200_000
_DIGEST_CHARACTERS = 16
_AGAIN = "Make a new plan and look at it."
_WORDS = {
    "owner": "its mark",
    "facts.modified": "the time of its last change",
    "facts.codeSha256": "its code",
    "facts.content": "its content",
}
_NAMED_BY_OTHERS = ("facts.codeSize", "facts.functionId")


@dataclass(frozen=True, slots=True)
class Origin:
    """How the project was asked for: `path`, `stage` and `region` as given (None where not), the endpoint, and whether
    files of other kinds were passed over.
    """  # noqa: D205

    path: str
    endpoint: str
    stage: str | None = None
    region: str | None = None
    skip_unsupported: bool = False


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """`changes` are as in the JSON document, secrets as `(sensitive)`; `functions` the addresses in the files.

    `observed_digest` is a salted digest of all that was seen.
    `traces` has for each resource that was seen a short salted digest of each of its fields, to tell what moved.
    `seal` is a slow salted digest of every setting of every change, also of those that are not shown.
    """

    origin: Origin
    project: ProjectKey
    policy: Policy
    functions: tuple[str, ...]
    changes: tuple[Mapping[str, Any], ...]
    observed_digest: str
    traces: Mapping[str, Mapping[str, str]]
    salt: str
    seal: str


def save(plan: Plan, project: Project, observed: Observed, *, origin: Origin, policy: Policy, salt: str) -> SavedPlan:
    """The plan as it is kept. `salt` is some random text, new for each."""
    return SavedPlan(
        origin,
        plan.project,
        policy,
        _functions(project),
        tuple(as_document(plan)["changes"]),
        _salted(plan.observed_digest, salt),
        _traces(relevant(observed, reach_of_plan(project, policy)), salt),
        salt,
        _seal(plan, salt),
    )


def require_same_cloud(saved: SavedPlan, *, endpoint: str) -> None:
    """Raise ScfDeployError when the plan was made for another cloud than the one at `endpoint`."""
    if saved.origin.endpoint != endpoint:
        raise ScfDeployError(
            f"the plan was made for {_place(saved.origin.endpoint)}, and this is {_place(endpoint)}",
            hint="Give the same --local, --endpoint or SCFDEPLOY_ENDPOINT as for the plan.",
        )


def require_same_project(saved: SavedPlan, project: Project) -> None:
    """Raise ScfDeployError when the files say another project, or other functions, than those of the plan."""
    before, now = saved.project, project.key
    for name, was, is_now in (
        ("app", before.app, now.app),
        ("stage", before.stage, now.stage),
        ("region", before.region, now.region),
    ):
        if was != is_now:
            raise ScfDeployError(
                f'the plan was made for {name} "{was}", and this is {name} "{is_now}"',
                hint="Give the path, --stage and --region that the plan was made with.",
            )
    functions = _functions(project)
    differing = [*_without(functions, saved.functions, "new"), *_without(saved.functions, functions, "gone")]
    if differing:
        raise _files_changed(differing)


def require_unmoved(saved: SavedPlan, plan: Plan, observed: Observed) -> None:
    """Raise ScfDeployError, naming address and field, when the cloud is not as it was when the plan was made."""
    if saved.observed_digest == _salted(plan.observed_digest, saved.salt):
        return
    moved = list(_moved(saved.traces, _traces(observed, saved.salt)))
    raise ScfDeployError(
        f"the cloud moved since the plan was made: {_listed(moved) or 'something that is not shown'}", hint=_AGAIN
    )


def require_same_changes(saved: SavedPlan, plan: Plan) -> None:
    """Raise ScfDeployError, naming address and field, when the files now ask for something else than the plan."""
    before = {str(change["address"]): change for change in saved.changes}
    now = {str(change["address"]): change for change in as_document(plan)["changes"]}
    differing = [line for address in dict.fromkeys((*before, *now)) for line in _change(address, before, now)]
    if differing:
        raise _files_changed(differing)
    if saved.seal != _seal(plan, saved.salt):
        raise _files_changed(["a value that is not shown"])


def _files_changed(differing: Iterable[str]) -> ScfDeployError:
    return ScfDeployError(
        f"the project is not as it was when the plan was made: {_listed(list(differing))}",
        hint=f"{_AGAIN} Values given by --var and --env-file have to be given again.",
    )


def _functions(project: Project) -> tuple[str, ...]:
    functions = {str(function.address) for function in project.functions}
    return tuple(sorted(functions | {str(layer.address) for layer in project.layers}))


def _without(some: Iterable[str], others: Iterable[str], word: str) -> Iterator[str]:
    known = set(others)
    return (f"{address} is {word}" for address in some if address not in known)


def _place(endpoint: str) -> str:
    return {"": "the cloud", "local": "the local server (--local)"}.get(endpoint, endpoint)


def _listed(parts: list[str], most: int = 8) -> str:
    more = len(parts) - most
    return "; ".join(parts[:most]) + (f"; and {more} more" if more > 0 else "")


def _moved(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for address in dict.fromkeys((*before, *now)):
        if address not in now:
            yield f"{address} is gone"
        elif address not in before:
            yield f"{address} is new"
        elif fields := _differing(before[address], now[address]):
            yield f"{address}: {', '.join(fields)}"


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    names = [name for name in dict.fromkeys((*before, *now)) if before.get(name) != now.get(name)]
    said = [name for name in names if name not in _NAMED_BY_OTHERS] or names
    # What was changed says more than when; the time stands alone only where a secret changed.
    said = [name for name in said if name != "facts.modified"] or said
    return [_WORDS.get(name) or name.removeprefix("settings.").removeprefix("facts.") for name in said]


def _change(address: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if address not in now:
        yield f"{address} is not changed any more"
    elif address not in before:
        yield f"{address} is changed too"
    elif (was := {**before[address], "reason": ""}) != (is_now := {**now[address], "reason": ""}):
        fields = {field["path"]: field for field in was["fields"]}, {field["path"]: field for field in is_now["fields"]}
        paths = [path for path in dict.fromkeys((*fields[0], *fields[1])) if fields[0].get(path) != fields[1].get(path)]
        keys = [key for key in is_now if was.get(key) != is_now[key]]
        yield f"{address}: {', '.join(paths or keys)}"


def _traces(observed: Observed, salt: str) -> dict[str, dict[str, str]]:
    return {
        address: {path: _trace(value, salt) for path, value in _leaves("", fields)}
        for address, fields in observed_fields(observed).items()
    }


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), item)
    else:
        yield path, value


def _salted(digest: str, salt: str) -> str:
    """Nobody can compare it with the digest of what they guess."""
    import hashlib

    return hashlib.sha256(f"{salt}:{digest}".encode()).hexdigest()


def _trace(value: object, salt: str) -> str:
    import hashlib
    import json

    text = json.dumps([salt, value], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _seal(plan: Plan, salt: str) -> str:
    """Slow on purpose: a short secret could be guessed from a quick digest."""
    import hashlib
    import json

    content = sorted([str(change.address), _revealed(change.settings)] for change in plan.changes)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), _ROUNDS).hex()


def _revealed(value: Value) -> object:
    match value:
        case Secret():
            return ["secret", value.reveal()]
        case Ref():
            return ["ref", str(value)]
        case Mapping():
            return {str(key): _revealed(item) for key, item in value.items()}
        case list() | tuple():
            return [_revealed(item) for item in value]
    return value
