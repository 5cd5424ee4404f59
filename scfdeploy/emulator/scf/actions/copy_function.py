"""CopyFunction: a new function with the code and configuration of another one."""

from __future__ import annotations

from copy import deepcopy

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import check_region
from scfdeploy.emulator.scf import operations
from scfdeploy.emulator.scf.param_checks import check_function_name, check_namespace
from scfdeploy.emulator.scf.records import functions, namespaces

_NOT_COPIED = {"ClsLogsetId": "", "ClsTopicId": ""}
"""Log targets stay with the original, as triggers and other versions do."""


def copy_function(call: ApiCall, parameters: Json) -> Json:
    """Copy `$LATEST` to a name, namespace and region, which must be free unless Override is true."""
    source = functions.existing_key(call, parameters)
    region = check_region(parameters.get("TargetRegion") or call.region)
    namespace = check_namespace(parameters.get("TargetNamespace") or source.split("/")[1])
    target = f"{region}/{namespace}/{check_function_name(parameters['NewFunctionName'])}"
    if target == source:
        raise CloudError("InvalidParameterValue.FunctionName", "A function cannot be copied to itself.")
    if region == call.region:
        namespaces.require(call, namespace)
    existing = functions.find(call, target)
    if existing is not None and parameters.get("Override") is not True:
        raise CloudError("ResourceInUse.FunctionName", f"Function `{target.rpartition('/')[2]}` exists already.")
    version = _copied_version(call, functions.get_version(call, source), parameters)
    functions.put(call, target, existing or functions.new(call, target))
    operations.start(call, target, version, "Updating" if existing else "Creating", failed="CreateFailed")
    return {}


def _copied_version(call: ApiCall, source: Json, parameters: Json) -> Json:
    version = deepcopy(source) | _NOT_COPIED | {"AddTime": call.now_text, "ModTime": call.now_text}
    if parameters.get("Description"):
        version["Description"] = parameters["Description"]
    if parameters.get("CopyConfiguration", True) is False:
        version["Environment"] = {"Variables": []}
    return version
