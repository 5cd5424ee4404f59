"""Reads and writes concurrency: reserved for a function, provisioned for a version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.resources.versions import wait_for_versions
from scfdeploy.providers.tencent.resources.wire import Params, function_params
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import object_list

_UNRESERVED = -1


class ConcurrencyWriter:
    """Plans steps for the kind `concurrency`: provisioned for an address with a version, reserved without."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """The same as `update`."""
        return self.update(change)

    def update(self, change: Change) -> Sequence[Step]:
        """One call, then a wait until the instances are available."""
        address = change.address
        if not address.name:
            return self._reserve(address, change.settings.get("reservedConcurrencyMem"))
        version, number = str(change.settings["qualifier"]), change.settings["provisionedNum"]
        provision = Step(
            message("provision"),
            run=lambda: self._provision(address, version, number),
            readiness=lambda: self._is_provisioned(address, version),
            idempotent=True,
        )
        return (wait_for_versions(self._client, address, (version,)), provision)

    def delete(self, change: Change) -> Sequence[Step]:
        """One call, then a wait until the instances are released."""
        address = change.address
        if not address.name:
            return self._reserve(address, _UNRESERVED)
        params = {**function_params(address), "Qualifier": address.name}
        release = Step(
            message("release"),
            run=lambda: self._client.submit("DeleteProvisionedConcurrencyConfig", params),
            readiness=lambda: self._is_released(address),
            idempotent=True,
        )
        return (release,)

    def _reserve(self, function: Address, memory: Value) -> Sequence[Step]:
        action, params = "PutReservedConcurrencyConfig", {**function_params(function), "ReservedConcurrencyMem": memory}
        if memory == _UNRESERVED:
            action, params = "DeleteReservedConcurrencyConfig", {**function_params(function)}

        def readiness() -> Readiness:
            current = read_reserved(self._client, function).settings["reservedConcurrencyMem"]
            return Readiness.READY if current == memory else Readiness.PENDING

        submit = Step(
            message("reserve"), lambda: self._client.submit(action, params), readiness=readiness, idempotent=True
        )
        return (submit,)

    def _provision(self, address: Address, version: str, number: Value) -> str:
        params: Params = {**function_params(address), "Qualifier": version, "VersionProvisionedConcurrencyNum": number}
        schedule = (_row(self._client, address, version) or {}).get("TriggerActions")
        if schedule:
            # Set by another client, and lost unless it is sent again.
            params["TriggerActions"] = schedule
        return self._client.submit("PutProvisionedConcurrencyConfig", params)

    def _is_provisioned(self, address: Address, version: str) -> Readiness:
        row = _row(self._client, address, version) or {}
        if row.get("Status") == "Failed":
            reason = str(row.get("StatusReason") or message("the instances did not start"))
            raise CloudError(ErrorKind.REJECTED, "Failed", reason, action="PutProvisionedConcurrencyConfig")
        allocated = row.get("AllocatedProvisionedConcurrencyNum")
        is_available = row.get("Status") == "Done" and row.get("AvailableProvisionedConcurrencyNum") == allocated
        return Readiness.READY if is_available else Readiness.PENDING

    def _is_released(self, address: Address) -> Readiness:
        row = _row(self._client, address, address.name) or {}
        return Readiness.PENDING if row.get("AllocatedProvisionedConcurrencyNum") else Readiness.READY


def read_reserved(client: Client, function: Address) -> Resource:
    """The reserved concurrency of a function in MB; -1 for none. Raises CloudError."""
    memory = client.read("GetReservedConcurrencyConfig", function_params(function)).get("ReservedMem")
    return Resource(function.of.reserved(), {"reservedConcurrencyMem": _UNRESERVED if memory is None else memory})


def read_provisioned(client: Client, function: Address) -> tuple[Resource, ...]:
    """The provisioned concurrency of each version that has some. Raises CloudError."""
    rows = _rows(client, function)
    return tuple(_resource(function, row) for row in rows if row.get("AllocatedProvisionedConcurrencyNum"))


def _row(client: Client, function: Address, version: str) -> Answer | None:
    rows = _rows(client, function, Qualifier=version)
    return next((row for row in rows if str(row.get("Qualifier")) == version), None)


def _rows(client: Client, function: Address, **params: str) -> list[Answer]:
    action = "GetProvisionedConcurrencyConfig"
    return object_list(client.read(action, {**function_params(function), **params}), "Allocated", action)


def _resource(function: Address, row: Any) -> Resource:
    number = row["AllocatedProvisionedConcurrencyNum"]
    version = str(row.get("Qualifier") or "")
    return Resource(function.provisioned(version), {"provisionedNum": number}, state=str(row.get("Status") or ""))
