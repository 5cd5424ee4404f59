"""Reads and writes layers: numbered versions of content, each for good once it is published.

The tags of a layer belong to it as a whole, so that they cannot say which version is whose. The last line of a
version's description does: the mark, and a digest of the content, by which any machine knows what was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scfdeploy.model import Address, Bundle, Owner, Resource, Value
from scfdeploy.model.value import whole_number
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.resources.code import code_params
from scfdeploy.providers.tencent.resources.layer_waiter import LayerStates
from scfdeploy.providers.tencent.resources.wire import Params, pairs
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import list_all, objects

_MARK = "scfdeploy:"
_DIGITS = 32
_GOING = ("Deleting", "Deleted")


@dataclass(frozen=True, slots=True)
class _Description:
    """What a version's description says: the user's text, whose the version is, and the digest of its content."""

    text: str
    owner: Owner | None = None
    content: str = ""

    @classmethod
    def read(cls, shown: str) -> _Description:
        start = shown.rfind(_MARK)
        mark, _, content = shown[start:].rpartition(" ") if start >= 0 else ("", "", "")
        owner = Owner.from_text(mark)
        return cls(shown) if owner is None else cls(shown[:start].strip(), owner, content)

    def __str__(self) -> str:
        mark = f"{self.owner.as_text()} {self.content}" if self.owner else ""
        return "\n".join(part for part in (self.text, mark) if part)


class LayerWriter:
    """Steps for addresses of the kind `layer`."""

    def __init__(
        self, client: Client, bundles: Mapping[Address, Bundle], uploads: Uploads, states: LayerStates
    ) -> None:
        self._client = client
        self._bundles = bundles
        self._uploads = uploads
        self._states = states

    def create(self, change: Change) -> Sequence[Step]:
        """The first version."""
        return self.update(change)

    def update(self, change: Change) -> Sequence[Step]:
        """One more version; large content goes to COS before."""
        bundle = self._bundles.get(change.address)
        upload = self._uploads.steps(bundle) if bundle is not None and bundle.needs_upload else ()
        publishing = _Publishing(self._client, change, bundle, self._states)
        publish = Step(
            "publish",
            run=publishing.run,
            took_effect=publishing.took_effect,
            readiness=publishing.readiness,
            outputs=publishing.outputs,
        )
        return (*upload, publish)

    def delete(self, change: Change) -> Sequence[Step]:
        """One call for each version."""
        versions = [version for field in change.fields if field.path == "versions" for version in _items(field.before)]
        return tuple(_removal(self._client, change.address.of, version) for version in versions)


def read_layer(client: Client, layer: Address) -> Resource | None:
    """What the newest version of a layer says, or None when there is no such layer. Raises CloudError."""
    rows = sorted(_versions(client, layer), key=_number)
    if not rows:
        return None
    newest = rows[-1]
    described = _Description.read(str(newest.get("Description") or ""))
    owner = described.owner or Owner.from_tags(pairs(newest.get("Tags")))
    ours = [_number(row) for row in rows if _is_by(owner, row)]
    attributes: dict[str, Value] = {
        "version": _number(newest),
        "versions": tuple(ours),
        "others": tuple(number for number in map(_number, rows) if number not in ours),
        "instances": {str(_number(row)): mark.instance for row in rows if (mark := _mark(row)) and _is_by(owner, row)},
        "content": described.content,
        "modified": str(newest.get("AddTime") or ""),
    }
    settings: dict[str, Value] = {
        "runtimes": tuple(str(name) for name in newest.get("CompatibleRuntimes") or ()),
        "description": described.text,
    }
    return Resource(layer, settings, owner, str(newest.get("Status") or ""), attributes=attributes)


def marked_layers(client: Client, *, app: str, stage: str) -> tuple[Address, ...]:
    """The layers whose newest version a project owns. Raises CloudError."""
    found = []
    for row in list_all(client, "ListLayers", {}, "Layers").rows:
        owner = _Description.read(str(row.get("Description") or "")).owner or Owner.from_tags(pairs(row.get("Tags")))
        if owner is not None and (owner.app, owner.stage) == (app, stage):
            found.append(Address.of_layer(str(row.get("LayerName"))))
    return tuple(found)


class _Publishing:
    """One publication: the number that the platform gives is known to no one before."""

    def __init__(self, client: Client, change: Change, bundle: Bundle | None, states: LayerStates) -> None:
        self._client = client
        self._change = change
        self._bundle = bundle
        self._states = states
        self._version = 0

    def run(self) -> str:
        settings, owner = self._change.settings, self._change.owner
        layer = self._change.address
        params: Params = {
            "LayerName": layer.name,
            "CompatibleRuntimes": [str(name) for name in _items(settings.get("runtimes"))],
            "Content": code_params(self._bundle, layer, region=self._client.region),
            "Description": str(self._description),
        }
        if owner is not None:
            params["Tags"] = [{"Key": key, "Value": value} for key, value in owner.as_tags().items()]
        answer = self._client.write("PublishLayerVersion", params)
        self._version = _number(answer)
        return str(answer.get("RequestId", ""))

    def took_effect(self) -> bool:
        """Whether a version newer than those that were seen says what this one would."""
        known = next((field.before for field in self._change.fields if field.path == "version"), None)
        newer = [
            _number(row)
            for row in _versions(self._client, self._change.address)
            if _number(row) > (known if isinstance(known, int) else 0)
            and _Description.read(str(row.get("Description") or "")) == self._description
        ]
        self._version = max(newer, default=0)
        return bool(newer)

    def readiness(self) -> Readiness:
        return self._states.readiness(self._change.address.name, self._version)

    def outputs(self) -> Mapping[str, Value]:
        return {"version": self._version}

    @property
    def _description(self) -> _Description:
        content = self._bundle.content_sha256[:_DIGITS] if self._bundle else ""
        return _Description(str(self._change.settings.get("description") or ""), self._change.owner, content)


def _removal(client: Client, layer: Address, version: Value) -> Step:
    params = {"LayerName": layer.name, "LayerVersion": version}

    def run() -> str:
        return str(client.write("DeleteLayerVersion", params).get("RequestId", ""))

    return Step(f"delete version {version}", run, readiness=partial(_is_gone, client, layer, version), idempotent=True)


def _is_gone(client: Client, layer: Address, version: Value) -> Readiness:
    try:
        status = str(_version(client, layer, version).get("Status") or "")
    except CloudError as error:
        if error.kind is ErrorKind.MISSING:
            return Readiness.READY
        raise
    if status == "DeleteFailed":
        raise CloudError(ErrorKind.REJECTED, status, f"version {version} is {status}", action="DeleteLayerVersion")
    return Readiness.READY if status == "Deleted" else Readiness.PENDING


def _version(client: Client, layer: Address, version: Value) -> Answer:
    return client.read("GetLayerVersion", {"LayerName": layer.name, "LayerVersion": version})


def _versions(client: Client, layer: Address) -> list[Answer]:
    action = "ListLayerVersions"
    try:
        rows = objects(client.read(action, {"LayerName": layer.name}), "LayerVersions", action)
    except CloudError as error:
        if error.kind is ErrorKind.MISSING:
            return []
        raise
    return [row for row in rows if row.get("Status") not in _GOING]


def _is_by(owner: Owner | None, row: Mapping[str, Any]) -> bool:
    """Whether a version was published by the project that a layer belongs to; its own description says so."""
    mark = _mark(row)
    return mark is not None and owner is not None and mark.same_project(owner)


def _mark(row: Mapping[str, Any]) -> Owner | None:
    return _Description.read(str(row.get("Description") or "")).owner


def _number(row: Mapping[str, Any]) -> int:
    return whole_number(str(row.get("LayerVersion") or 0)) or 0


def _items(value: Value) -> Iterable[Value]:
    return value if isinstance(value, list | tuple) else ()
