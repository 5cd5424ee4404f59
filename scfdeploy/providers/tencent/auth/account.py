"""The APPID of the account, which is the suffix of bucket names."""

from __future__ import annotations

import threading

from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.errors import bad_answer

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
                self._app_id = self._ask()
            return self._app_id

    def describe(self) -> str:
        """The account for messages: its APPID and its number (uin). Never raises CloudError."""
        try:
            answer = self._client.read(_ACTION, {}, product="cam")
        except CloudError as error:
            return f"account not known ({error.code})"
        app_id, uin = str(answer.get("AppId") or ""), str(answer.get("OwnerUin") or answer.get("Uin") or "")
        parts = [part for part in (f"AppId {app_id}" if app_id else "", f"uin {uin}" if uin else "") if part]
        return f"account {', '.join(parts)}" if parts else "account not known"

    def _ask(self) -> str:
        try:
            found = str(self._client.read(_ACTION, {}, product="cam").get("AppId") or "")
        except CloudError as error:
            if error.kind is not ErrorKind.REJECTED:
                raise
            # A key may be allowed to deploy but not to call GetUserAppId.
            raise CloudError(
                error.kind,
                error.code,
                f"the APPID of the account, needed for the name of its bucket, is unknown: {error.cloud_message}",
                action=error.action,
                request_id=error.request_id,
                hint="Set TENCENT_APP_ID next to the keys, or grant them cam:GetUserAppId.",
            ) from error
        if not found.isdigit():
            raise bad_answer(_ACTION, "cam", "no AppId")
        return found
