"""Reads and writes how asynchronous events of a function are kept and retried."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import object_in, objects


class AsyncWriter:
    """Steps for addresses of the kind `async`. The settings always exist, so that creating them is changing them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call."""
        return self.update(change)

    def update(self, change: Change) -> Sequence[Step]:
        """One call; the API takes both values together, so the one that is not written is read first."""
        return (Step("set", lambda: self._set(change), idempotent=True),)

    def delete(self, change: Change) -> Sequence[Step]:
        """Nothing: they go with their function."""
        return ()

    def _set(self, change: Change) -> str:
        wanted: dict[str, Value] = {name: change.settings.get(name) for name in ("msgTTL", "retryNum")}
        if None in wanted.values():
            shown = read_async(self._client, change.address.of).settings
            wanted = {name: shown.get(name) if value is None else value for name, value in wanted.items()}
        config = {"RetryConfig": [{"RetryNum": wanted["retryNum"]}], "MsgTTL": wanted["msgTTL"]}
        answer = self._client.write(
            "UpdateFunctionEventInvokeConfig",
            {**names(change.address), "AsyncTriggerConfig": config},
        )
        return str(answer.get("RequestId", ""))


def read_async(client: Client, function: Address) -> Resource:
    """The asynchronous settings of a function. Raises CloudError."""
    action = "GetFunctionEventInvokeConfig"
    config = object_in(client.read(action, names(function)), "AsyncTriggerConfig", action)
    retry = next(iter(objects(config, "RetryConfig", action)), {})
    shown: dict[str, Value] = {"msgTTL": config.get("MsgTTL"), "retryNum": retry.get("RetryNum")}
    return Resource(function.asynchronous(), {name: value for name, value in shown.items() if value is not None})
