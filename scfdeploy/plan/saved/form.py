"""Read and write saved plans as versioned JSON. The text is not trusted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, ProjectKey
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.saved.compare import Origin, SavedPlan

FORMAT = 1
KIND = "scfdeploy-plan"

Json: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


def to_text(saved: SavedPlan) -> str:
    """The text of a plan file."""
    document = {
        "kind": KIND,
        "format": FORMAT,
        "origin": dataclasses.asdict(saved.origin),
        "project": dataclasses.asdict(saved.project),
        "policy": _policy_document(saved.policy),
        "functions": list(saved.functions),
        "changes": [dict(change) for change in saved.changes],
        "observedDigest": saved.observed_digest,
        "traces": saved.traces,
        "salt": saved.salt,
        "seal": saved.seal,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def from_text(text: str) -> SavedPlan:
    """The plan that `to_text` wrote. ScfDeployError for any other text."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _invalid(message("it is not a plan: invalid or truncated JSON")) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise _invalid(message("it is not a plan of scfdeploy"))
    version = document.get("format")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise ScfDeployError(
            message("it has format {version}, and this scfdeploy reads format {known}", version=version, known=FORMAT),
            hint=message("Apply it with the version of scfdeploy that made it, or make a new plan."),
        )
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise _invalid(message("it is damaged: a value is missing or invalid")) from error


def _invalid(problem: str) -> ScfDeployError:
    return ScfDeployError(problem, hint=message("Make a new plan with `scfdeploy plan --out FILE`."))


def _read(document: Json) -> SavedPlan:
    _is(int, document["format"])
    origin, project = _mapping(document["origin"]), _mapping(document["project"])
    return SavedPlan(
        Origin(
            _is(str, origin["path"]),
            _is(str, origin["endpoint"]),
            _text_or_none(origin["stage"]),
            _text_or_none(origin["region"]),
            origin.get("skip_unsupported") is True,
        ),
        ProjectKey(_is(str, project["app"]), _is(str, project["stage"]), _is(str, project["region"])),
        _policy(_mapping(document["policy"])),
        tuple(_is(str, address) for address in _sequence(document["functions"])),
        tuple(_change(change) for change in _sequence(document["changes"])),
        _is(str, document["observedDigest"]),
        {
            address: {path: _is(str, trace) for path, trace in _mapping(fields).items()}
            for address, fields in _mapping(document["traces"]).items()
        },
        _encodable(document["salt"]),
        _is(str, document["seal"]),
    )


def _policy_document(policy: Policy) -> dict[str, Any]:
    document = dataclasses.asdict(policy) | {"targets": [str(target) for target in policy.targets]}
    if not policy.instances:  # older versions of scfdeploy reject the key
        del document["instances"]
    return document


def _policy(document: Json) -> Policy:
    values = {name: value for name, value in document.items() if name not in ("targets", "instances")}
    if not all(value is None or isinstance(value, bool | int) for value in values.values()):
        raise TypeError
    # An unknown name raises TypeError: an unknown permission must not be ignored.
    return Policy(
        **values,
        targets=tuple(Address.parse(_is(str, target)) for target in _sequence(document["targets"])),
        instances=tuple(_is(str, name) for name in _sequence(document.get("instances", []))),
    )


def _change(value: object) -> Json:
    """A change as in the JSON document. It is only compared with such changes, so unread parts are not checked."""
    change = _mapping(value)
    _is(str, change["address"])
    for field in _sequence(change["fields"]):
        _is(str, _mapping(field)["path"])
    return change


def _is(kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError
    return value


def _encodable(value: object) -> str:
    """A string without lone surrogates, which JSON can contain and a digest cannot encode."""
    text = _is(str, value)
    text.encode()
    return text


def _text_or_none(value: object) -> str | None:
    return None if value is None else _is(str, value)


def _mapping(value: object) -> Json:
    return _is(dict, value)


def _sequence(value: object) -> Sequence[Any]:
    return _is(list, value)
