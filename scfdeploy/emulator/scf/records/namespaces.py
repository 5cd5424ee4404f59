"""The stored documents of the namespaces of a region. `default` always exists."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json

KIND = "namespace"
DEFAULT = "default"
_DEFAULT_CREATED = "2018-01-01 00:00:00"


def find(call: ApiCall, name: str) -> Json | None:
    """The namespace, or None."""
    namespace = call.store.get(KIND, f"{call.region}/{name}")
    if namespace is None and name == DEFAULT:
        times = {"AddTime": _DEFAULT_CREATED, "ModTime": _DEFAULT_CREATED}
        return {"Name": DEFAULT, "Description": "", "Type": "default"} | times
    return namespace


def require(call: ApiCall, name: str) -> Json:
    """The namespace. Raises CloudError if it does not exist."""
    namespace = find(call, name)
    if namespace is None:
        raise CloudError("ResourceNotFound.Namespace", f"Namespace `{name}` does not exist.")
    return namespace


def put(call: ApiCall, namespace: Json) -> None:
    """Store a namespace."""
    call.store.put(KIND, f"{call.region}/{namespace['Name']}", namespace)


def list_all(call: ApiCall) -> list[Json]:
    """All namespaces of the region, by name."""
    namespaces = [document for _, document in call.store.list_prefix(KIND, f"{call.region}/")]
    others = [namespace for namespace in namespaces if namespace["Name"] != DEFAULT]
    return sorted([require(call, DEFAULT), *others], key=lambda namespace: str(namespace["Name"]))
