"""PublishLayerVersion, GetLayerVersion, ListLayers, ListLayerVersions and DeleteLayerVersion."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.paging import page
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.configuration.code import set_code
from scfdeploy.emulator.scf.records import layers
from scfdeploy.emulator.tag import records
from scfdeploy.facts import limit, runtime

_SHOWN = ("CompatibleRuntimes", "AddTime", "Description", "LicenseInfo", "LayerVersion", "LayerName")
_CONTENT = frozenset({"ZipFile", "CosBucketName", "CosObjectName", "CosBucketRegion"})


def publish(call: ApiCall, parameters: Json) -> Json:
    """Keep content as the next version of a layer; Publishing until Active."""
    name = param_checks.layer_name(parameters["LayerName"])
    kept = layers.versions(call, name)
    if not kept and len({version["LayerName"] for version in layers.versions(call)}) >= limit("layers.per_region"):
        raise CloudError("LimitExceeded.Layers", "The region has too many layers.")
    if len(kept) >= limit("layers.versions.max"):
        raise CloudError("LimitExceeded.LayerVersions", f"Layer `{name}` has too many versions.")
    version = {
        "LayerName": name,
        "CompatibleRuntimes": _runtimes(parameters["CompatibleRuntimes"]),
        "Description": parameters.get("Description", ""),
        "LicenseInfo": parameters.get("LicenseInfo", ""),
        "AddTime": call.now_text,
        "tags": layers.tags_of(call, name) | records.from_pairs(parameters.get("Tags", [])),
        "settled": call.completes_at,
        "failure": call.async_failure,
    }
    _set_content(call, version, parameters["Content"])
    version["LayerVersion"] = layers.next_number(call, name)
    layers.keep(call, version)
    return {"LayerVersion": version["LayerVersion"]}


def get(call: ApiCall, parameters: Json) -> Json:
    """One version, with the hash of its content and where that can be fetched."""
    version = layers.require(call, param_checks.layer_name(parameters["LayerName"]), parameters["LayerVersion"])
    return {
        **{name: version[name] for name in _SHOWN},
        "Status": layers.state(call, version),
        "CodeSha256": version["blob"],
        "Location": f"{call.context.base_url}/_code/{version['blob']}",
    }


def list_layers(call: ApiCall, parameters: Json) -> Json:
    """The newest version of each layer."""
    newest = {version["LayerName"]: version for version in layers.versions(call)}
    wanted, search = parameters.get("CompatibleRuntime"), parameters.get("SearchKey", "")
    found = [
        _shown(call, version)
        for name, version in sorted(newest.items())
        if search in name and (not wanted or wanted in version["CompatibleRuntimes"])
    ]
    return {"Layers": page(found, parameters, order_by={}), "TotalCount": len(found)}


def list_versions(call: ApiCall, parameters: Json) -> Json:
    """Every version of a layer, newest first, without paging; none for a layer that does not exist."""
    wanted = set(parameters.get("CompatibleRuntime", ()))
    found = [
        _shown(call, version)
        for version in reversed(layers.versions(call, param_checks.layer_name(parameters["LayerName"])))
        if not wanted or wanted.intersection(version["CompatibleRuntimes"])
    ]
    return {"LayerVersions": found}


def delete(call: ApiCall, parameters: Json) -> Json:
    """Remove a version that no function mounts.

    In the cloud functions are documented to go on with a version that was deleted; refusing is the documented other
    answer, and the one that shows a client which deletes too early.
    """
    name, number = param_checks.layer_name(parameters["LayerName"]), parameters["LayerVersion"]
    version = layers.require(call, name, number)
    if layers.is_bound(call, name, number):
        raise CloudError("ResourceInUse.LayerVersion", f"Version {number} of layer `{name}` is used by a function.")
    layers.forget(call, version)
    return {}


def _shown(call: ApiCall, version: Json) -> Json:
    return {
        **{name: version[name] for name in _SHOWN},
        "Status": layers.state(call, version),
        "Stamp": "",
        "Tags": [{"Key": key, "Value": value} for key, value in layers.tags_of(call, version["LayerName"]).items()],
    }


def _runtimes(wanted: list[str]) -> list[str]:
    if not wanted or any(runtime(name) is None for name in wanted):
        raise CloudError("InvalidParameterValue.CompatibleRuntimes", "CompatibleRuntimes must name known runtimes.")
    return wanted


def _set_content(call: ApiCall, version: Json, content: Json) -> None:
    if not content or not _CONTENT.issuperset(content):
        raise CloudError("InvalidParameterValue.Content", "Content must be a zip or an object in COS.")
    set_code(call, version, content)
