"""Namespaces of a region. `default` is always there."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json

KIND = "namespace"
DEFAULT = "default"
# `default` is as old as the account, not as old as this server.
_SINCE = "2018-01-01 00:00:00"


def find(call: ApiCall, name: str) -> Json | None:
    """The namespace, or None."""
    found = call.store.get(KIND, f"{call.region}/{name}")
    if found is None and name == DEFAULT:
        return {"Name": DEFAULT, "Description": "", "Type": "default", "AddTime": _SINCE, "ModTime": _SINCE}
    return found


def require(call: ApiCall, name: str) -> Json:
    """The namespace; raises CloudError when it does not exist."""
    found = find(call, name)
    if found is None:
        raise CloudError("ResourceNotFound.Namespace", f"Namespace `{name}` does not exist.")
    return found


def keep(call: ApiCall, namespace: Json) -> None:
    """Store a namespace."""
    call.store.put(KIND, f"{call.region}/{namespace['Name']}", namespace)


def every(call: ApiCall) -> list[Json]:
    """All namespaces of the region, by name."""
    found = {document["Name"]: document for _, document in call.store.list_prefix(KIND, f"{call.region}/")}
    default = find(call, DEFAULT)
    if default is not None:
        found.setdefault(DEFAULT, default)
    return [found[name] for name in sorted(found)]
