"""The account: its APPID, which is the suffix of bucket names, and its limits in a region."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model.account_limits import AccountLimits, NamespaceLimits
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.errors import invalid_response
from scfdeploy.providers.tencent.transport.paging import mapping

_ACTION = "GetUserAppId"


class Account:
    """Reads the APPID once. Thread-safe."""

    def __init__(self, client: Client, app_id: str = "") -> None:
        self._client = client
        self._app_id = app_id
        self._lock = threading.Lock()

    def app_id(self) -> str:
        """The APPID from the credentials, else from the API. Raises CloudError."""
        with self._lock:
            if not self._app_id:
                self._app_id = self._read_app_id()
            return self._app_id

    def describe(self) -> str:
        """The account for messages: its APPID and its number (uin). Never raises CloudError."""
        try:
            response = self._client.read(_ACTION, {}, product="cam")
        except CloudError as error:
            return message("unknown account ({code})", code=error.code)
        app_id, uin = str(response.get("AppId") or ""), str(response.get("OwnerUin") or response.get("Uin") or "")
        numbers = ", ".join(filter(None, (f"AppId {app_id}" if app_id else "", f"uin {uin}" if uin else "")))
        return message("account {numbers}", numbers=numbers) if numbers else message("unknown account")

    def _read_app_id(self) -> str:
        try:
            app_id = str(self._client.read(_ACTION, {}, product="cam").get("AppId") or "")
        except CloudError as error:
            if error.kind is not ErrorKind.REJECTED:
                raise
            # Keys that may deploy need not have permission to call GetUserAppId.
            raise CloudError(
                error.kind,
                error.code,
                message("the APPID for the bucket name cannot be read: {error}", error=error.cloud_message),
                action=error.action,
                request_id=error.request_id,
                hint=message("Set TENCENT_APP_ID next to the keys, or grant them cam:GetUserAppId."),
            ) from error
        if not app_id.isdigit():
            raise invalid_response(_ACTION, "cam", message("no AppId"))
        return app_id


def read_account_limits(client: Client) -> AccountLimits:
    """The limits of the account from GetAccount; missing or malformed values are unknown. Raises CloudError."""
    # The limits are only a check in advance: a plan without them is better than one that comes late.
    response = client.read("GetAccount", {}, retry_invalid=False)
    limits, usage = mapping(response.get("AccountLimit")), mapping(response.get("AccountUsage"))
    used = {str(row.get("Namespace")): _number(row.get("FunctionsCount")) or 0 for row in _namespaces(usage)}
    namespaces = {
        name: _namespace_limits(row, used.get(name, 0))
        for row in _namespaces(limits)
        if (name := str(row.get("Namespace")))
    }
    return AccountLimits(_number(limits.get("NamespacesCount")), _number(usage.get("NamespacesCount")) or 0, namespaces)


def _namespace_limits(row: Mapping[str, Any], functions_used: int) -> NamespaceLimits:
    triggers = {
        trigger_type.lower(): number
        for trigger_type, value in mapping(row.get("Trigger")).items()
        if (number := _number(value)) is not None
    }
    total = triggers.pop("total", None)
    return NamespaceLimits(
        _number(row.get("FunctionsCount")),
        functions_used,
        triggers,
        total,
        _number(row.get("TimeoutLimit")),
        _number(row.get("InitTimeoutLimit")),
    )


def _namespaces(limits: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = limits.get("Namespace")
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _number(value: object) -> int | None:
    """A limit; the API returns zero or less for an unknown one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
