"""CreateNamespace, UpdateNamespace, DeleteNamespace and ListNamespaces."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.records import functions, namespaces

_SEARCHED_FIELDS = {"Namespace": "Name", "Description": "Description"}


def create_namespace(call: ApiCall, parameters: Json) -> Json:
    """Create a namespace."""
    name = param_checks.check_namespace(parameters["Namespace"])
    if name == namespaces.DEFAULT:
        raise CloudError("InvalidParameterValue.DefaultNamespace", "The default namespace always exists.")
    if namespaces.find(call, name) is not None:
        raise CloudError("ResourceInUse.Namespace", f"Namespace `{name}` exists already.")
    times = {"AddTime": call.now_text, "ModTime": call.now_text}
    namespaces.put(call, {"Name": name, "Description": parameters.get("Description", ""), "Type": "default"} | times)
    return {}


def update_namespace(call: ApiCall, parameters: Json) -> Json:
    """Change the description of a namespace."""
    namespace = namespaces.require(call, parameters["Namespace"])
    namespace["Description"] = parameters["Description"]
    namespace["ModTime"] = call.now_text
    namespaces.put(call, namespace)
    return {}


def delete_namespace(call: ApiCall, parameters: Json) -> Json:
    """Delete an empty namespace."""
    name = parameters["Namespace"]
    if name == namespaces.DEFAULT:
        raise CloudError("FailedOperation.DeleteNamespace", "The default namespace cannot be deleted.")
    namespaces.require(call, name)
    if call.store.list_prefix(functions.FUNCTION, f"{call.region}/{name}/"):
        raise CloudError("FailedOperation.DeleteNamespace", f"Namespace `{name}` still has functions.")
    call.store.delete(namespaces.KIND, f"{call.region}/{name}")
    return {}


def list_namespaces(call: ApiCall, parameters: Json) -> Json:
    """Return the namespaces whose name and description contain every search key."""
    selected = namespaces.list_all(call)
    for search in parameters.get("SearchKey", []):
        field = _SEARCHED_FIELDS.get(search.get("Key"))
        if field is None:
            raise CloudError("InvalidParameterValue.SearchKey", "SearchKey must be Namespace or Description.")
        selected = [namespace for namespace in selected if search.get("Value", "") in namespace[field]]
    ordered = page(selected, parameters, order_by={"Name": "Name", "Updatetime": "ModTime"})
    return {"Namespaces": ordered, "TotalCount": len(selected)}
