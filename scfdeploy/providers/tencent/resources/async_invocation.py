"""Reads and writes the settings of asynchronous invocation: the lifetime of events and their retries."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import object_field, object_list


class AsyncWriter:
    """Plans steps for the kind `async`. The settings always exist, so creating them is an update."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """The same as `update`."""
        return self.update(change)

    def update(self, change: Change) -> Sequence[Step]:
        """One call with both values; a value that is not in the change is read first."""
        return (Step(message("set"), lambda: self._set(change), idempotent=True),)

    def delete(self, change: Change) -> Sequence[Step]:
        """Nothing: the settings are deleted with their function."""
        return ()

    def _set(self, change: Change) -> str:
        settings: dict[str, Value] = {name: change.settings.get(name) for name in ("msgTTL", "retryNum")}
        if None in settings.values():
            current = read_async(self._client, change.address.of).settings
            settings = {name: current.get(name) if value is None else value for name, value in settings.items()}
        config = {"RetryConfig": [{"RetryNum": settings["retryNum"]}], "MsgTTL": settings["msgTTL"]}
        params = {**function_params(change.address), "AsyncTriggerConfig": config}
        return self._client.submit("UpdateFunctionEventInvokeConfig", params)


def read_async(client: Client, function: Address) -> Resource:
    """The asynchronous settings of a function. Raises CloudError."""
    action = "GetFunctionEventInvokeConfig"
    config = object_field(client.read(action, function_params(function)), "AsyncTriggerConfig", action)
    retry = next(iter(object_list(config, "RetryConfig", action)), {})
    settings: dict[str, Value] = {"msgTTL": config.get("MsgTTL"), "retryNum": retry.get("RetryNum")}
    return Resource(function.asynchronous(), {name: value for name, value in settings.items() if value is not None})
