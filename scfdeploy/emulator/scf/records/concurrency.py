"""Concurrency that is set aside: of the account, for a function (reserved), for a version (provisioned).

Provisioned instances come up after the usual delay; until then a setting is InProgress. Where a fault rule says
so they never come up, and it is Failed. A reservation takes as long until it can be changed again.
"""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import functions
from scfdeploy.facts import limit

PROVISIONED = "provisioned"
_TOTAL = "concurrency"
_RESERVED = "reserved_mb"
_RESERVED_AT = "reserved_at"


def total_mb(call: ApiCall, namespace: str) -> int:
    """What all functions of a namespace may use together."""
    found = call.store.get(_TOTAL, f"{call.region}/{namespace}")
    return found["total_mb"] if found else limit("concurrency.total_mb")


def keep_total(call: ApiCall, namespace: str, total: int) -> None:
    """Set it."""
    call.store.put(_TOTAL, f"{call.region}/{namespace}", {"total_mb": total})


def reserved_mb(function: Json) -> int | None:
    """What is reserved for a function, and at the same time the most that it may use; None when nothing was said."""
    found: int | None = function.get(_RESERVED)
    return found


def keep_reserved(call: ApiCall, key: str, reserved: int | None) -> None:
    """Set it, or forget it."""
    settles_at = call.now + call.context.settings.activation_s
    functions.keep(call, key, functions.require(call, key) | {_RESERVED: reserved, _RESERVED_AT: settles_at})


def require_reservable(call: ApiCall, function: Json) -> None:
    """Refuse while the last reservation takes effect."""
    if call.now < function.get(_RESERVED_AT, 0):
        raise CloudError("FailedOperation.ReservedInProgress", "A change of the reserved concurrency is in progress.")


def reserved_by_others(call: ApiCall, key: str) -> int:
    """What is reserved for the other functions of the same namespace."""
    beside = call.store.list_prefix(functions.FUNCTION, key.rpartition("/")[0] + "/")
    return sum(reserved_mb(function) or 0 for other, function in beside if other != key)


def find(call: ApiCall, key: str, version: str) -> Json | None:
    """The provisioned setting of one version, or None."""
    return call.store.get(PROVISIONED, f"{key}/{version}")


def every(call: ApiCall, key: str) -> list[Json]:
    """The provisioned settings of all versions of a function."""
    return [document for _, document in call.store.list_prefix(PROVISIONED, f"{key}/")]


def keep(call: ApiCall, key: str, setting: Json) -> None:
    """Store a provisioned setting, to be ready after the usual delay."""
    more = {"ready_at": call.completes_at, "failed": call.async_failure}
    call.store.put(PROVISIONED, f"{key}/{setting['Qualifier']}", setting | more)


def forget(call: ApiCall, key: str, version: str) -> None:
    """Drop the provisioned setting of one version."""
    call.store.delete(PROVISIONED, f"{key}/{version}")


def is_ready(call: ApiCall, setting: Json) -> bool:
    """Whether its instances are up."""
    return bool(call.now >= setting["ready_at"])


def status(call: ApiCall, setting: Json) -> str:
    """InProgress, Done or Failed."""
    if not is_ready(call, setting):
        return "InProgress"
    return "Failed" if setting["failed"] else "Done"


def require_settled(call: ApiCall, setting: Json | None) -> None:
    """Refuse while instances of the version come up."""
    if setting is not None and not is_ready(call, setting):
        message = f"Provisioning of version {setting['Qualifier']} is in progress."
        raise CloudError("FailedOperation.ProvisionedInProgress", message)
