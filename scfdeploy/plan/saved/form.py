"""The form of a saved plan as text: JSON, versioned, read without trust."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, ProjectKey
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.saved.compare import Origin, SavedPlan

FORMAT = 1
KIND = "scfdeploy-plan"
_HINT = "Make it again with `scfdeploy plan --out FILE`."

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
    """The plan that `to_text` wrote. Raises ScfDeployError, in one line, for anything else."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScfDeployError("it is no plan: not JSON, or cut off", hint=_HINT) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise ScfDeployError("it is no plan of scfdeploy", hint=_HINT)
    version = document.get("format")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        raise ScfDeployError(
            f"it has format {version}, and this scfdeploy knows {FORMAT}",
            hint="Apply it with the scfdeploy that made it, or make it again with this one.",
        )
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise ScfDeployError("it is damaged: it does not have the form of a plan", hint=_HINT) from error


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
    """What a plan names no instances for is left out, so that an older scfdeploy can read the others."""
    found = dataclasses.asdict(policy) | {"targets": [str(target) for target in policy.targets]}
    if not policy.instances:
        del found["instances"]
    return found


def _policy(shown: Json) -> Policy:
    values = {name: value for name, value in shown.items() if name not in ("targets", "instances")}
    if not all(value is None or isinstance(value, bool | int) for value in values.values()):
        raise TypeError
    # An unknown name is a TypeError: a permission that is not understood must not be passed over.
    return Policy(
        **values,
        targets=tuple(Address.parse(_is(str, one)) for one in _sequence(shown["targets"])),
        instances=tuple(_is(str, one) for one in _sequence(shown.get("instances", []))),
    )


def _change(shown: object) -> Json:
    """What is compared with it is data of the same form; only the parts that are looked into are checked."""
    change = _mapping(shown)
    _is(str, change["address"])
    for field in _sequence(change["fields"]):
        _is(str, _mapping(field)["path"])
    return change


def _is(kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError
    return value


def _encodable(value: object) -> str:
    """A text without halves of characters, which JSON can escape and no digest takes."""
    text = _is(str, value)
    text.encode()
    return text


def _text_or_none(value: object) -> str | None:
    return None if value is None else _is(str, value)


def _mapping(value: object) -> Json:
    return _is(dict, value)


def _sequence(value: object) -> Sequence[Any]:
    return _is(list, value)
