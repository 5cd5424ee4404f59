"""Save a plan to apply it later, and compare it with a new plan.

A saved plan contains no secrets, and is never executed itself: the project is planned again, and the new plan must be
the same, except for reasons and order, which depend on interrupted replacements that only one checkout knows. So a
modified plan file can make an apply fail, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.model import Observed, Project, ProjectKey
from scfdeploy.plan.change import Plan
from scfdeploy.plan.document import as_document
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.reach import reach_of_plan
from scfdeploy.plan.saved.digest import observed_fields, relevant
from scfdeploy.plan.secret_digest import revealed, slow_digest
from scfdeploy.records import dataclass

_DIGEST_CHARACTERS = 16
_MAX_LISTED = 8
_DERIVED = ("facts.codeSize", "facts.functionId")
"""Fields that change only together with another field, which says more."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The options with which the plan was made."""

    path: str
    endpoint: str
    stage: str | None = None
    """As given, None if not given; so is `region`."""
    region: str | None = None
    skip_unsupported: bool = False


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan to be applied later."""

    origin: Origin
    project: ProjectKey
    policy: Policy
    functions: tuple[str, ...]
    """The addresses of the functions and layers in the files."""
    changes: tuple[Mapping[str, Any], ...]
    """As in the JSON document, with `(sensitive)` for secrets."""
    observed_digest: str
    """A salted digest of all observed resources."""
    traces: Mapping[str, Mapping[str, str]]
    """A short salted digest of each field of each observed resource, to describe a later change."""
    salt: str
    seal: str
    """A slow salted digest of all settings of all changes, including secrets."""


def save(plan: Plan, project: Project, observed: Observed, *, origin: Origin, policy: Policy, salt: str) -> SavedPlan:
    """The plan to save. `salt` is a new random text."""
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
            message(
                "the plan was made for {before}, and this is {now}",
                before=_cloud_name(saved.origin.endpoint),
                now=_cloud_name(endpoint),
            ),
            hint=message("Give the same --local, --endpoint or SCFDEPLOY_ENDPOINT as for the plan."),
        )


def require_same_project(saved: SavedPlan, project: Project) -> None:
    """Raise ScfDeployError when the files belong to another project, or have other functions, than the plan."""
    for name in ("app", "stage", "region"):
        before, now = getattr(saved.project, name), getattr(project.key, name)
        if before != now:
            raise ScfDeployError(
                message(
                    'the plan was made for {name} "{before}", and this is {name} "{now}"',
                    name=name,
                    before=before,
                    now=now,
                ),
                hint=message("Give the same path, --stage and --region as for the plan."),
            )
    functions = _functions(project)
    clauses = [message("{address} is new", address=address) for address in functions if address not in saved.functions]
    clauses += [
        message("{address} no longer exists", address=address)
        for address in saved.functions
        if address not in functions
    ]
    if clauses:
        raise _project_changed(clauses)


def require_same_resources(saved: SavedPlan, plan: Plan, observed: Observed) -> None:
    """Raise ScfDeployError, naming address and field, when the cloud changed since the plan was made."""
    if saved.observed_digest == _salted(plan.observed_digest, saved.salt):
        return
    clauses = list(_changed_resources(saved.traces, _traces(observed, saved.salt)))
    raise ScfDeployError(
        message(
            "the cloud changed since the plan was made: {changes}",
            changes=_listed(clauses) or message("a value that is not shown"),
        ),
        hint=message("Make a new plan and review it."),
    )


def require_same_changes(saved: SavedPlan, plan: Plan) -> None:
    """Raise ScfDeployError, naming address and field, when the files now lead to other changes than the plan."""
    before = {str(change["address"]): change for change in saved.changes}
    now = {str(change["address"]): change for change in as_document(plan)["changes"]}
    clauses = [clause for address in dict.fromkeys((*before, *now)) for clause in _change(address, before, now)]
    if clauses:
        raise _project_changed(clauses)
    if saved.seal != _seal(plan, saved.salt):
        raise _project_changed([message("a value that is not shown")])


def _project_changed(clauses: list[str]) -> ScfDeployError:
    return ScfDeployError(
        message("the project changed since the plan was made: {changes}", changes=_listed(clauses)),
        hint=message("Make a new plan and review it, or give the same --var and --env-file as for the plan."),
    )


def _functions(project: Project) -> tuple[str, ...]:
    functions = {str(function.address) for function in project.functions}
    return tuple(sorted(functions | {str(layer.address) for layer in project.layers}))


def _cloud_name(endpoint: str) -> str:
    if not endpoint:
        return message("the cloud")
    return message("the local server (--local)") if endpoint == "local" else endpoint


def _listed(clauses: list[str]) -> str:
    shortened = clauses[:_MAX_LISTED]
    if len(clauses) > _MAX_LISTED:
        shortened.append(message("and {count} more", count=len(clauses) - _MAX_LISTED))
    return join_messages(message("; "), shortened)


def _changed_resources(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for address in dict.fromkeys((*before, *now)):
        if address not in now:
            yield message("{address} no longer exists", address=address)
        elif address not in before:
            yield message("{address} is new", address=address)
        elif fields := _changed_fields(before[address], now[address]):
            yield message("{title}: {text}", title=address, text=join_messages(", ", fields))


def _changed_fields(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    names = [name for name in dict.fromkeys((*before, *now)) if before.get(name) != now.get(name)]
    names = [name for name in names if name not in _DERIVED] or names
    # The modification time says less than any other field; it changes alone only with a secret.
    names = [name for name in names if name != "facts.modified"] or names
    return [_field_name(name) for name in names]


def _field_name(path: str) -> str:
    match path:
        case "owner":
            return message("its owner")
        case "facts.modified":
            return message("the time of its last change")
        case "facts.codeSha256":
            return message("its code")
        case "facts.content":
            return message("its content")
    return path.removeprefix("settings.").removeprefix("facts.")


def _change(address: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if address not in now:
        yield message("{address} no longer changes", address=address)
        return
    if address not in before:
        yield message("{address} changes too", address=address)
        return
    old, new = {**before[address], "reason": ""}, {**now[address], "reason": ""}
    if old != new:
        old_fields, new_fields = ({field["path"]: field for field in change["fields"]} for change in (old, new))
        paths = [
            path for path in dict.fromkeys((*old_fields, *new_fields)) if old_fields.get(path) != new_fields.get(path)
        ]
        keys = [key for key in new if old.get(key) != new[key]]
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
    """The digest with a salt, so that it cannot be compared with the digest of guessed content."""
    import hashlib

    return hashlib.sha256(f"{salt}:{digest}".encode()).hexdigest()


def _trace(value: object, salt: str) -> str:
    import hashlib
    import json

    text = json.dumps([salt, value], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _seal(plan: Plan, salt: str) -> str:
    import json

    content = sorted([str(change.address), revealed(change.settings)] for change in plan.changes)
    return slow_digest(json.dumps(content, sort_keys=True, separators=(",", ":")), salt).hex()
