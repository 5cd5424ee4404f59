"""PublishLayerVersion, GetLayerVersion, ListLayers, ListLayerVersions and DeleteLayerVersion."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.configuration.code import set_code
from scfdeploy.emulator.scf.records import layers
from scfdeploy.emulator.tag import records
from scfdeploy.facts import limit, runtime

_FIELDS = ("CompatibleRuntimes", "AddTime", "Description", "LicenseInfo", "LayerVersion", "LayerName")
_CONTENT = frozenset({"ZipFile", "CosBucketName", "CosObjectName", "CosBucketRegion"})


def publish(call: ApiCall, parameters: Json) -> Json:
    """Publish content as the next version of a layer."""
    name = param_checks.check_layer_name(parameters["LayerName"])
    versions = layers.list_versions(call, name)
    if not versions and len({version["LayerName"] for version in layers.list_versions(call)}) >= limit(
        "layers.per_region"
    ):
        raise CloudError("LimitExceeded.Layers", "The region has too many layers.")
    if len(versions) >= limit("layers.versions.max"):
        raise CloudError("LimitExceeded.LayerVersions", f"Layer `{name}` has too many versions.")
    version = {
        "LayerName": name,
        "CompatibleRuntimes": _check_runtimes(parameters["CompatibleRuntimes"]),
        "Description": parameters.get("Description", ""),
        "LicenseInfo": parameters.get("LicenseInfo", ""),
        "AddTime": call.now_text,
        "tags": layers.tags(call, name) | records.from_pairs(parameters.get("Tags", [])),
        "settled": call.completes_at,
        "failure": call.async_failure,
    }
    content = parameters["Content"]
    if not content or not _CONTENT.issuperset(content):
        raise CloudError("InvalidParameterValue.Content", "Content must be a zip or an object in COS.")
    set_code(call, version, content)
    version["LayerVersion"] = layers.next_number(call, name)
    layers.put(call, version)
    return {"LayerVersion": version["LayerVersion"]}


def get(call: ApiCall, parameters: Json) -> Json:
    """Return one version, with the hash and the URL of its content."""
    version = layers.require(call, param_checks.check_layer_name(parameters["LayerName"]), parameters["LayerVersion"])
    return {
        **{name: version[name] for name in _FIELDS},
        "Status": layers.state(call, version),
        "CodeSha256": version["blob"],
        "Location": f"{call.context.base_url}/_code/{version['blob']}",
    }


def list_layers(call: ApiCall, parameters: Json) -> Json:
    """Return the newest version of each layer."""
    newest = {version["LayerName"]: version for version in layers.list_versions(call)}
    runtime_name, search = parameters.get("CompatibleRuntime"), parameters.get("SearchKey", "")
    selected = [
        _summary(call, version)
        for name, version in sorted(newest.items())
        if search in name and (not runtime_name or runtime_name in version["CompatibleRuntimes"])
    ]
    return {"Layers": page(selected, parameters, order_by={}), "TotalCount": len(selected)}


def list_versions(call: ApiCall, parameters: Json) -> Json:
    """Return every version of a layer, newest first, without paging; none if the layer does not exist."""
    runtimes = set(parameters.get("CompatibleRuntime", ()))
    selected = [
        _summary(call, version)
        for version in reversed(layers.list_versions(call, param_checks.check_layer_name(parameters["LayerName"])))
        if not runtimes or runtimes.intersection(version["CompatibleRuntimes"])
    ]
    return {"LayerVersions": selected}


def delete(call: ApiCall, parameters: Json) -> Json:
    """Delete a version that no function mounts.

    The documents also say that functions keep a deleted version. Rejecting it shows clients that delete too early.
    """
    name, number = param_checks.check_layer_name(parameters["LayerName"]), parameters["LayerVersion"]
    version = layers.require(call, name, number)
    if layers.is_used(call, name, number):
        raise CloudError("ResourceInUse.LayerVersion", f"Version {number} of layer `{name}` is used by a function.")
    layers.start_deletion(call, version)
    return {}


def _summary(call: ApiCall, version: Json) -> Json:
    return {
        **{name: version[name] for name in _FIELDS},
        "Status": layers.state(call, version),
        "Stamp": "",
        "Tags": [{"Key": key, "Value": value} for key, value in layers.tags(call, version["LayerName"]).items()],
    }


def _check_runtimes(names: list[str]) -> list[str]:
    if not names or any(runtime(name) is None for name in names):
        raise CloudError("InvalidParameterValue.CompatibleRuntimes", "CompatibleRuntimes must name known runtimes.")
    return names
