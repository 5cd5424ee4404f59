"""Reads and writes concurrency that is set aside: reserved for a function, provisioned for a version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.resources.versions import wait_for_versions
from scfdeploy.providers.tencent.resources.wire import Params
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import objects

_UNRESERVED = -1


class ConcurrencyWriter:
    """Steps for the kind `concurrency`: provisioned for an address with a version, reserved without."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call, then it takes a while."""
        return self.update(change)

    def update(self, change: Change) -> Sequence[Step]:
        """One call, then it takes a while."""
        if not change.address.name:
            return self._reserve(change.address, change.settings.get("reservedConcurrencyMem"))
        version, number = str(change.settings["qualifier"]), change.settings["provisionedNum"]
        return (
            wait_for_versions(self._client, change.address, (version,)),
            Step(
                "provision",
                run=lambda: self._provision(change.address, version, number),
                readiness=lambda: self._is_up(change.address, version),
                idempotent=True,
            ),
        )

    def delete(self, change: Change) -> Sequence[Step]:
        """One call gives the instances of a version back."""
        if not change.address.name:
            return self._reserve(change.address, _UNRESERVED)
        params = {"Qualifier": change.address.name}
        return (
            Step(
                "give back",
                run=lambda: self._call("DeleteProvisionedConcurrencyConfig", change.address, params),
                readiness=lambda: self._is_down(change.address),
                idempotent=True,
            ),
        )

    def _reserve(self, function: Address, wanted: Value) -> Sequence[Step]:
        action, params = "PutReservedConcurrencyConfig", {"ReservedConcurrencyMem": wanted}
        if wanted == _UNRESERVED:
            action, params = "DeleteReservedConcurrencyConfig", {}

        def readiness() -> Readiness:
            shown = read_reserved(self._client, function).settings["reservedConcurrencyMem"]
            return Readiness.READY if shown == wanted else Readiness.PENDING

        return (Step("reserve", lambda: self._call(action, function, params), readiness=readiness, idempotent=True),)

    def _provision(self, address: Address, version: str, number: Value) -> str:
        params: Params = {"Qualifier": version, "VersionProvisionedConcurrencyNum": number}
        schedule = (_row(self._client, address, version) or {}).get("TriggerActions")
        if schedule:
            # Made elsewhere, and gone if it is not sent along.
            params["TriggerActions"] = schedule
        return self._call("PutProvisionedConcurrencyConfig", address, params)

    def _is_up(self, address: Address, version: str) -> Readiness:
        row = _row(self._client, address, version) or {}
        if row.get("Status") == "Failed":
            reason = str(row.get("StatusReason") or "the instances did not come up")
            raise CloudError(ErrorKind.REJECTED, "Failed", reason, action="PutProvisionedConcurrencyConfig")
        wanted = row.get("AllocatedProvisionedConcurrencyNum")
        is_up = row.get("Status") == "Done" and row.get("AvailableProvisionedConcurrencyNum") == wanted
        return Readiness.READY if is_up else Readiness.PENDING

    def _is_down(self, address: Address) -> Readiness:
        row = _row(self._client, address, address.name) or {}
        return Readiness.PENDING if row.get("AllocatedProvisionedConcurrencyNum") else Readiness.READY

    def _call(self, action: str, function: Address, params: Params) -> str:
        return str(self._client.write(action, {**names(function), **params}).get("RequestId", ""))


def read_reserved(client: Client, function: Address) -> Resource:
    """What a function reserves, -1 where nothing. Raises CloudError."""
    shown = client.read("GetReservedConcurrencyConfig", names(function)).get("ReservedMem")
    return Resource(function.of.reserved(), {"reservedConcurrencyMem": _UNRESERVED if shown is None else shown})


def read_provisioned(client: Client, function: Address) -> tuple[Resource, ...]:
    """The versions of which instances are kept ready. Raises CloudError."""
    rows = _rows(client, function)
    return tuple(_resource(function, row) for row in rows if row.get("AllocatedProvisionedConcurrencyNum"))


def _row(client: Client, function: Address, version: str) -> Answer | None:
    rows = _rows(client, function, Qualifier=version)
    return next((row for row in rows if str(row.get("Qualifier")) == version), None)


def _rows(client: Client, function: Address, **params: str) -> list[Answer]:
    action = "GetProvisionedConcurrencyConfig"
    return objects(client.read(action, {**names(function), **params}), "Allocated", action)


def _resource(function: Address, row: Any) -> Resource:
    number = row["AllocatedProvisionedConcurrencyNum"]
    version = str(row.get("Qualifier") or "")
    return Resource(function.provisioned(version), {"provisionedNum": number}, state=str(row.get("Status") or ""))
