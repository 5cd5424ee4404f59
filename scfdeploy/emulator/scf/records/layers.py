"""The stored documents of layers: numbered versions of content that functions mount.

The document of a version has the fields of GetLayerVersion; lower-case fields are our own. Its state follows from the
time, so that no transition is needed for it to become Active or to be deleted.
"""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.records import functions

_KIND = "layer"
_COUNTER = "layer counter"


def next_number(call: ApiCall, name: str) -> int:
    """The number of the next version. Numbers of deleted versions are not used again."""
    key = f"{call.region}/{name}"
    number = int((call.store.get(_COUNTER, key) or {"last": 0})["last"]) + 1
    call.store.put(_COUNTER, key, {"last": number})
    return number


def put(call: ApiCall, version: Json) -> None:
    """Store the document of a version."""
    call.store.put(_KIND, _key(call, version["LayerName"], version["LayerVersion"]), version)


def list_versions(call: ApiCall, name: str = "") -> list[Json]:
    """Every version of a layer, or of all layers by name, oldest first."""
    versions = call.store.list_prefix(_KIND, f"{call.region}/{name}/" if name else f"{call.region}/")
    return [version for _, version in versions if not _is_deleted(call, version)]


def tags(call: ApiCall, name: str) -> dict[str, str]:
    """The tags of a layer. They apply to all its versions; each new version can add some."""
    versions = list_versions(call, name)
    return dict(versions[-1]["tags"]) if versions else {}


def require(call: ApiCall, name: str, number: int) -> Json:
    """The document of one version. Raises CloudError if it does not exist."""
    version = call.store.get(_KIND, _key(call, name, number))
    if version is not None and not _is_deleted(call, version):
        return version
    if not list_versions(call, name):
        raise CloudError("ResourceNotFound.Layer", f"Layer `{name}` does not exist.")
    raise CloudError("ResourceNotFound.LayerVersion", f"Layer `{name}` has no version {number}.")


def state(call: ApiCall, version: Json) -> str:
    """The state of a version now."""
    if "deleted" in version:
        return "Deleting"
    if call.now < version["settled"]:
        return "Publishing"
    return "PublishFailed" if version["failure"] else "Active"


def start_deletion(call: ApiCall, version: Json) -> None:
    """Delete a version after the duration of operations."""
    version["deleted"] = call.now + call.context.settings.activation_s
    if _is_deleted(call, version):
        call.store.delete(_KIND, _key(call, version["LayerName"], version["LayerVersion"]))
        call.store.drop_unused_blobs()
    else:
        put(call, version)


def is_used(call: ApiCall, name: str, number: int) -> bool:
    """Whether `$LATEST` of a function of this region mounts a version."""
    return any(
        (layer["LayerName"], layer["LayerVersion"]) == (name, number)
        for _, version in call.store.list_prefix(functions.VERSION, f"{call.region}/")
        if version["FunctionVersion"] == functions.LATEST
        for layer in version["Layers"]
    )


def require_usable(call: ApiCall, layers: list[Json]) -> None:
    """Raise CloudError for versions that do not exist, failed or are being deleted.

    With the setting `layers` "auto", a region without any layer accepts all: nothing says which layers exist.
    """
    if call.context.settings.layers == "auto" and not list_versions(call):
        return
    for layer in layers:
        name, number = layer.get("LayerName", ""), layer.get("LayerVersion", 0)
        if name and number > 0:
            version_state = state(call, require(call, name, number))
            # A layer can be used at once; the function is ready later than it.
            if version_state not in ("Active", "Publishing"):
                message = f"Version {number} of layer `{name}` is {version_state}."
                raise CloudError("InvalidParameterValue.Layers", message)


def contents(call: ApiCall, function_version: Json) -> tuple[tuple[str, bytes], ...]:
    """Hash and zip of each layer that a function mounts, in the order of mounting.

    The zips are empty if the server has unpacked them. Raises CloudError if a layer does not exist: a run without it
    would differ from one in the cloud.
    """
    mounted = [(layer["LayerName"], layer["LayerVersion"]) for layer in function_version["Layers"]]
    versions = [call.store.get(_KIND, _key(call, name, number)) for name, number in mounted]
    hashes = ["" if version is None else str(version["blob"]) for version in versions]
    is_unpacked = call.context.invoker.cache.has_layers(hashes)
    zips = []
    for (name, number), sha256 in zip(mounted, hashes, strict=True):
        content = b"" if sha256 and is_unpacked else call.store.get_blob(sha256)
        if content is None:
            message = f"Layer `{name}` has no version {number}, which the function mounts."
            raise CloudError("ResourceNotFound.LayerVersion", message)
        zips.append((sha256, content))
    return tuple(zips)


def _key(call: ApiCall, name: str, number: int) -> str:
    return f"{call.region}/{name}/{number:06}"


def _is_deleted(call: ApiCall, version: Json) -> bool:
    return "deleted" in version and bool(call.now >= version["deleted"])
