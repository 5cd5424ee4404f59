"""Reads and writes layers: numbered versions of content, which never change once published.

The tags of a layer cannot name the owner of each version. The last line of a version's description does: it has the
ownership tag, and a digest of the content, so that any machine recognizes what was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Bundle, Owner, Resource, Value
from scfdeploy.model.observed import ACTIVE
from scfdeploy.model.value import whole_number
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, none_if_missing, wait_step
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.resources.code import code_params
from scfdeploy.providers.tencent.resources.wire import Params, pairs
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import list_all, object_list
from scfdeploy.records import dataclass

_OWNER_PREFIX = "scfdeploy:"
_DIGEST_LENGTH = 32
_DELETED = ("Deleting", "Deleted")


@dataclass(frozen=True, slots=True)
class _Description:
    """The description of a version: the user's text, the owner, and the digest of the content."""

    text: str
    owner: Owner | None = None
    content: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> _Description:
        description = str(row.get("Description") or "")
        start = description.rfind(_OWNER_PREFIX)
        tag, _, content = description[start:].rpartition(" ") if start >= 0 else ("", "", "")
        owner = Owner.from_text(tag)
        return cls(description) if owner is None else cls(description[:start].strip(), owner, content)

    def __str__(self) -> str:
        last_line = f"{self.owner.as_text()} {self.content}" if self.owner else ""
        return "\n".join(filter(None, (self.text, last_line)))


class LayerWriter:
    """Plans steps for the kind `layer`."""

    def __init__(
        self, client: Client, bundles: Mapping[Address, Bundle], uploads: Uploads, states: LayerStates
    ) -> None:
        self._client = client
        self._bundles = bundles
        self._uploads = uploads
        self._states = states

    def create(self, change: Change) -> Sequence[Step]:
        """Publish the first version."""
        return self.update(change)

    def update(self, change: Change) -> Sequence[Step]:
        """Publish another version, after uploading large content to COS."""
        bundle = self._bundles.get(change.address)
        upload = self._uploads.steps(bundle) if bundle is not None and bundle.needs_upload else ()
        publication = _Publication(self._client, change, bundle, self._states)
        publish = Step(
            message("publish"),
            run=publication.run,
            took_effect=publication.took_effect,
            readiness=publication.readiness,
            outputs=publication.outputs,
        )
        return (*upload, publish)

    def delete(self, change: Change) -> Sequence[Step]:
        """One call for each version."""
        versions = [version for field in change.fields if field.path == "versions" for version in _items(field.before)]
        return tuple(self._deletion(change.address.of, version) for version in versions)

    def _deletion(self, layer: Address, version: Value) -> Step:
        params = {"LayerName": layer.name, "LayerVersion": version}

        def readiness() -> Readiness:
            response = none_if_missing(lambda: self._client.read("GetLayerVersion", params))
            status = "Deleted" if response is None else str(response.get("Status") or "")
            if status == "DeleteFailed":
                raise _failed_version(version, status, "DeleteLayerVersion")
            return Readiness.READY if status == "Deleted" else Readiness.PENDING

        title = message("delete version {version}", version=version)
        return Step(
            title, lambda: self._client.submit("DeleteLayerVersion", params), readiness=readiness, idempotent=True
        )


class LayerStates:
    """Checks whether versions of layers can be used; a version that is ready is read once per run. Thread-safe."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ready: set[tuple[str, str]] = set()

    def readiness(self, layer: str, version: Value) -> Readiness:
        """Whether the version is ready. Raises CloudError, REJECTED for one that can never be used."""
        if (layer, str(version)) in self._ready:
            return Readiness.READY
        response = self._client.read("GetLayerVersion", {"LayerName": layer, "LayerVersion": version})
        status = str(response.get("Status") or "")
        if status.endswith("Failed"):
            raise _failed_version(version, status, "PublishLayerVersion")
        if status != ACTIVE:
            return Readiness.PENDING
        self._ready.add((layer, str(version)))
        return Readiness.READY

    def wait_steps(self, layers: Value) -> tuple[Step, ...]:
        """Steps that wait for the `layers` setting of a function; an interrupted run may just have published one."""
        return tuple(
            self._wait_step(str(layer["name"]), layer["version"])
            for layer in _items(layers)
            if isinstance(layer, Mapping)
        )

    def _wait_step(self, layer: str, version: Value) -> Step:
        def readiness() -> Readiness:
            try:
                return self.readiness(layer, version)
            except CloudError as error:
                # The version is missing, or these keys may not read it: the write reports that.
                if error.kind is ErrorKind.MISSING or error.code.startswith(("AuthFailure", "UnauthorizedOperation")):
                    return Readiness.READY
                raise

        title = message("wait for layer {layer}, version {version}", layer=layer, version=version)
        return wait_step(title, readiness, before_refresh=True)


def read_layer(client: Client, layer: Address) -> Resource | None:
    """The newest version of a layer; None if the layer does not exist. Raises CloudError."""
    rows = sorted(_versions(client, layer), key=_number)
    if not rows:
        return None
    newest = rows[-1]
    description = _Description.of(newest)
    owner = _owner(newest)
    version_owners = {_number(row): _Description.of(row).owner for row in rows}
    owned = {
        number: version_owner
        for number, version_owner in version_owners.items()
        if version_owner is not None and owner is not None and version_owner.same_project(owner)
    }
    attributes: dict[str, Value] = {
        "version": _number(newest),
        "versions": tuple(owned),
        "others": tuple(number for number in version_owners if number not in owned),
        "instances": {str(number): version_owner.instance for number, version_owner in owned.items()},
        "content": description.content,
        "modified": str(newest.get("AddTime") or ""),
    }
    settings: dict[str, Value] = {
        "runtimes": tuple(str(name) for name in newest.get("CompatibleRuntimes") or ()),
        "description": description.text,
    }
    return Resource(layer, settings, owner, str(newest.get("Status") or ""), attributes=attributes)


def owned_layers(client: Client, *, app: str, stage: str) -> tuple[Address, ...]:
    """The layers whose newest version a project owns. Raises CloudError."""
    return tuple(
        Address.of_layer(str(row.get("LayerName")))
        for row in list_all(client, "ListLayers", {}, "Layers").rows
        if (owner := _owner(row)) is not None and (owner.app, owner.stage) == (app, stage)
    )


class _Publication:
    """Publishes one version, whose number the platform assigns."""

    def __init__(self, client: Client, change: Change, bundle: Bundle | None, states: LayerStates) -> None:
        self._client = client
        self._change = change
        self._bundle = bundle
        self._states = states
        self._version = 0
        content = bundle.content_sha256[:_DIGEST_LENGTH] if bundle else ""
        self._description = _Description(str(change.settings.get("description") or ""), change.owner, content)

    def run(self) -> str:
        layer, owner = self._change.address, self._change.owner
        params: Params = {
            "LayerName": layer.name,
            "CompatibleRuntimes": [str(name) for name in _items(self._change.settings.get("runtimes"))],
            "Content": code_params(self._bundle, layer, region=self._client.region),
            "Description": str(self._description),
        }
        if owner is not None:
            params["Tags"] = [{"Key": key, "Value": value} for key, value in owner.as_tags().items()]
        response = self._client.write("PublishLayerVersion", params)
        self._version = _number(response)
        return str(response.get("RequestId", ""))

    def took_effect(self) -> bool:
        """Whether a version newer than the planned one has the same description, and with it the same content."""
        planned = next((field.before for field in self._change.fields if field.path == "version"), None)
        newer = [
            _number(row)
            for row in _versions(self._client, self._change.address)
            if _number(row) > (planned if isinstance(planned, int) else 0) and _Description.of(row) == self._description
        ]
        self._version = max(newer, default=0)
        return bool(newer)

    def readiness(self) -> Readiness:
        return self._states.readiness(self._change.address.name, self._version)

    def outputs(self) -> Mapping[str, Value]:
        return {"version": self._version}


def _versions(client: Client, layer: Address) -> list[Answer]:
    action = "ListLayerVersions"
    response = none_if_missing(lambda: client.read(action, {"LayerName": layer.name})) or {}
    rows = object_list(response, "LayerVersions", action)
    return [row for row in rows if row.get("Status") not in _DELETED]


def _owner(row: Mapping[str, Any]) -> Owner | None:
    return _Description.of(row).owner or Owner.from_tags(pairs(row.get("Tags")))


def _failed_version(version: Value, status: str, action: str) -> CloudError:
    text = message("version {version} is {status}", version=version, status=status)
    return CloudError(ErrorKind.REJECTED, status, text, action=action)


def _number(row: Mapping[str, Any]) -> int:
    return whole_number(str(row.get("LayerVersion") or 0)) or 0


def _items(value: Value) -> Iterable[Value]:
    return value if isinstance(value, list | tuple) else ()
