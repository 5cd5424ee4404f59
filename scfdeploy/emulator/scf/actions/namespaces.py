"""CreateNamespace, UpdateNamespace, DeleteNamespace and ListNamespaces."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.paging import page
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.records import functions, namespaces

_SEARCHED = ("Namespace", "Description")


def create_namespace(call: ApiCall, parameters: Json) -> Json:
    """Make a namespace."""
    name = param_checks.namespace_name(parameters["Namespace"])
    if name == namespaces.DEFAULT:
        raise CloudError("InvalidParameterValue.DefaultNamespace", "The default namespace is always there.")
    if namespaces.find(call, name) is not None:
        raise CloudError("ResourceInUse.Namespace", f"Namespace `{name}` exists already.")
    times = {"AddTime": call.now_text, "ModTime": call.now_text}
    namespaces.keep(call, {"Name": name, "Description": parameters.get("Description", ""), "Type": "default"} | times)
    return {}


def update_namespace(call: ApiCall, parameters: Json) -> Json:
    """Change a namespace's description."""
    namespace = namespaces.require(call, parameters["Namespace"])
    namespace["Description"] = parameters.get("Description", namespace["Description"])
    namespace["ModTime"] = call.now_text
    namespaces.keep(call, namespace)
    return {}


def delete_namespace(call: ApiCall, parameters: Json) -> Json:
    """Remove an empty namespace."""
    name = parameters["Namespace"]
    if name == namespaces.DEFAULT:
        raise CloudError("FailedOperation.DeleteNamespace", "The default namespace cannot be deleted.")
    namespaces.require(call, name)
    if call.store.list_prefix(functions.FUNCTION, f"{call.region}/{name}/"):
        raise CloudError("FailedOperation.DeleteNamespace", f"Namespace `{name}` still has functions.")
    call.store.delete(namespaces.KIND, f"{call.region}/{name}")
    return {}


def list_namespaces(call: ApiCall, parameters: Json) -> Json:
    """All namespaces, or those that each search key finds in name or description."""
    found = namespaces.every(call)
    for search in parameters.get("SearchKey", []):
        if search.get("Key") not in _SEARCHED:
            raise CloudError("InvalidParameterValue.SearchKey", "SearchKey must be Namespace or Description.")
        field = "Name" if search["Key"] == "Namespace" else "Description"
        found = [namespace for namespace in found if search.get("Value", "") in namespace[field]]
    shown = page(found, parameters, order_by={"Name": "Name", "Updatetime": "ModTime"})
    return {"Namespaces": shown, "TotalCount": len(found)}
