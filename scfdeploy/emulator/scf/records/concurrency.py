"""The stored concurrency of an account, of a function (reserved) and of a version (provisioned).

Provisioned instances are InProgress until the duration of operations has passed, then Done, or Failed by a fault rule.
A reservation takes as long until it can be changed again.
"""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import functions
from scfdeploy.facts import limit

_PROVISIONED = "provisioned"
_TOTAL = "concurrency"
_RESERVED = "reserved_mb"


def total_mb(call: ApiCall, namespace: str) -> int:
    """The memory that all functions of a namespace may use together."""
    document = call.store.get(_TOTAL, f"{call.region}/{namespace}")
    return document["total_mb"] if document else limit("concurrency.total_mb")


def put_total(call: ApiCall, namespace: str, total: int) -> None:
    """Set the total memory of a namespace."""
    call.store.put(_TOTAL, f"{call.region}/{namespace}", {"total_mb": total})


def reserved_mb(function: Json) -> int | None:
    """The memory reserved for a function, which also limits it; None without a reservation."""
    reserved: int | None = function.get(_RESERVED)
    return reserved


def put_reserved(call: ApiCall, key: str, reserved: int | None) -> None:
    """Set the reservation of a function, or remove it."""
    functions.put(call, key, functions.require(call, key) | {_RESERVED: reserved})


def reserved_by_others(call: ApiCall, key: str) -> int:
    """The memory reserved for the other functions of the same namespace."""
    functions_of_namespace = call.store.list_prefix(functions.FUNCTION, key.rpartition("/")[0] + "/")
    return sum(reserved_mb(function) or 0 for other, function in functions_of_namespace if other != key)


def find(call: ApiCall, key: str, version: str) -> Json | None:
    """The provisioned concurrency of one version, or None."""
    return call.store.get(_PROVISIONED, f"{key}/{version}")


def list_all(call: ApiCall, key: str) -> list[Json]:
    """The provisioned concurrency of all versions of a function."""
    return [document for _, document in call.store.list_prefix(_PROVISIONED, f"{key}/")]


def provisioned_mb(call: ApiCall, key: str, *, without: str = "") -> int:
    """The memory provisioned for a function, except for the version `without`."""
    return sum(setting["mb"] for setting in list_all(call, key) if setting["Qualifier"] != without)


def put(call: ApiCall, key: str, setting: Json) -> None:
    """Store the provisioned concurrency of a version, ready after the duration of operations."""
    progress = {"ready_at": call.completes_at, "failed": call.async_failure}
    call.store.put(_PROVISIONED, f"{key}/{setting['Qualifier']}", setting | progress)


def delete(call: ApiCall, key: str, version: str) -> None:
    """Delete the provisioned concurrency of one version."""
    call.store.delete(_PROVISIONED, f"{key}/{version}")


def status(call: ApiCall, setting: Json) -> str:
    """InProgress, Done or Failed."""
    if call.now < setting["ready_at"]:
        return "InProgress"
    return "Failed" if setting["failed"] else "Done"
