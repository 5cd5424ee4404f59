"""Layers: numbered versions of content that functions mount, each on its way from Publishing to Active.

A version's document holds what GetLayerVersion shows, and a few lower-case fields of our own. Its state is told from
the time, so that nothing has to happen for it to become Active, or to be gone.
"""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import functions

LAYER = "layer"
_COUNTER = "layer counter"


def next_number(call: ApiCall, name: str) -> int:
    """The number of the next version; none is ever given twice, also not when versions were deleted."""
    key = f"{call.region}/{name}"
    number = int((call.store.get(_COUNTER, key) or {"last": 0})["last"]) + 1
    call.store.put(_COUNTER, key, {"last": number})
    return number


def keep(call: ApiCall, version: Json) -> None:
    """Store a version's document."""
    call.store.put(LAYER, _key(call, version["LayerName"], version["LayerVersion"]), version)


def versions(call: ApiCall, name: str = "") -> list[Json]:
    """Every version of a layer, or of all layers, oldest first by name."""
    found = call.store.list_prefix(LAYER, f"{call.region}/{name}/" if name else f"{call.region}/")
    return [version for _, version in found if not _is_gone(call, version)]


def tags_of(call: ApiCall, name: str) -> dict[str, str]:
    """The tags of a layer: they belong to it as a whole, and each version that is published may bring more."""
    kept = versions(call, name)
    found: dict[str, str] = kept[-1]["tags"] if kept else {}
    return found


def find(call: ApiCall, name: str, number: int) -> Json | None:
    """One version's document, or None."""
    found = call.store.get(LAYER, _key(call, name, number))
    return None if found is None or _is_gone(call, found) else found


def require(call: ApiCall, name: str, number: int) -> Json:
    """One version's document. Raises CloudError when it does not exist."""
    found = find(call, name, number)
    if found is not None:
        return found
    if not versions(call, name):
        raise CloudError("ResourceNotFound.Layer", f"Layer `{name}` does not exist.")
    raise CloudError("ResourceNotFound.LayerVersion", f"Layer `{name}` has no version {number}.")


def state(call: ApiCall, version: Json) -> str:
    """The state of a version at this moment."""
    if "deleted" in version:
        return "Deleting"
    if call.now < version["settled"]:
        return "Publishing"
    return "PublishFailed" if version["failure"] else "Active"


def forget(call: ApiCall, version: Json) -> None:
    """Let a version be Deleting, and gone after the usual delay."""
    version["deleted"] = call.now + call.context.settings.activation_s
    if _is_gone(call, version):
        call.store.delete(LAYER, _key(call, version["LayerName"], version["LayerVersion"]))
        call.store.drop_unused_blobs()
    else:
        keep(call, version)


def is_bound(call: ApiCall, name: str, number: int) -> bool:
    """Whether the newest state of a function of this region mounts a version."""
    wanted = (name, number)
    return any(
        wanted in ((layer["LayerName"], layer["LayerVersion"]) for layer in version["Layers"])
        for _, version in call.store.list_prefix(functions.VERSION, f"{call.region}/")
        if version["FunctionVersion"] == functions.LATEST
    )


def require_mountable(call: ApiCall, wanted: list[Json]) -> None:
    """Refuse versions that do not exist or are not Active, of layers that are kept here.

    A layer of which nothing is known here is taken on trust: it may exist in the cloud, where it cannot be looked up.
    """
    for layer in wanted:
        name, number = layer.get("LayerName", ""), layer.get("LayerVersion", 0)
        if name and versions(call, name):
            found = require(call, name, number)
            if state(call, found) != "Active":
                message = f"Version {number} of layer `{name}` is {state(call, found)}."
                raise CloudError("InvalidParameterValue.Layers", message)


def mounted(call: ApiCall, function_version: Json) -> tuple[tuple[str, bytes], ...]:
    """Hash and zip of each layer that a function mounts and that is kept here, in the order of mounting.

    A version that was deleted since stays mounted in the cloud; here its content may be gone.
    """
    found = []
    for layer in function_version["Layers"]:
        version = call.store.get(LAYER, _key(call, layer["LayerName"], layer["LayerVersion"]))
        content = call.store.blob(version["blob"]) if version else None
        if version is not None and content is not None:
            found.append((version["blob"], content))
    return tuple(found)


def _key(call: ApiCall, name: str, number: int) -> str:
    return f"{call.region}/{name}/{number:06}"


def _is_gone(call: ApiCall, version: Json) -> bool:
    return "deleted" in version and bool(call.now >= version["deleted"])
