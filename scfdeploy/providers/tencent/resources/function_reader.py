"""Reads functions: one with all its settings, its state, and what a row of a list shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Owner, Resource, Value
from scfdeploy.providers.base import CloudError, ErrorKind, none_if_missing
from scfdeploy.providers.tencent.resources.function_wire import read_settings
from scfdeploy.providers.tencent.resources.wire import function_params, pairs
from scfdeploy.providers.tencent.resources.write_only_settings import from_tags
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import object_list
from scfdeploy.records import dataclass

_FAILED = "Failed"
_LIST_FIELDS = ("Layers", "StatusReasons", "Tags", "Triggers")


def read_function(client: Client, function: Address) -> Resource | None:
    """One function with all its settings; None if it does not exist. Raises CloudError."""
    response = find_function(client, function)
    return None if response is None else function_resource(function, read_settings(response), response)


def function_resource(function: Address, settings: Mapping[str, Value], response: Mapping[str, Any]) -> Resource:
    """A function with these settings, and attributes from a response of GetFunction or a row of ListFunctions."""
    state = FunctionState.read(response)
    attributes: dict[str, Value] = {
        "functionId": response.get("FunctionId"),
        "modified": response.get("ModTime"),
        "codeSize": response.get("CodeSize"),
        "protected": from_tags(response).get("protect"),
    }
    return Resource(
        function,
        settings,
        Owner.from_tags(pairs(response.get("Tags"))),
        state.status,
        state.reason or str(response.get("StatusDesc") or ""),
        {name: value for name, value in attributes.items() if value is not None},
    )


def find_function(client: Client, function: Address, version: str = "") -> Answer | None:
    """The response of GetFunction for a function or a version; None if it does not exist. Raises CloudError."""
    qualifier = {"Qualifier": version} if version else {}
    # Unless ShowCode is FALSE, the response may contain the entry file.
    params = {**function_params(function), **qualifier, "ShowCode": "FALSE"}
    response = none_if_missing(lambda: client.read("GetFunction", params))
    if response is not None:
        for key in _LIST_FIELDS:
            object_list(response, key, "GetFunction")  # raises CloudError for a malformed field
    return response


@dataclass(frozen=True, slots=True)
class FunctionState:
    """The status of a function, with its reasons as (code, message)."""

    status: str
    reasons: tuple[tuple[str, str], ...] = ()
    function_id: str = ""
    modified: str = ""

    @classmethod
    def read(cls, response: Mapping[str, Any]) -> FunctionState:
        """Parse a row of ListFunctions or a response of `find_function`. Raises CloudError for a malformed row."""
        reasons = tuple(
            (str(reason.get("ErrorCode") or ""), str(reason.get("ErrorMessage") or ""))
            for reason in object_list(response, "StatusReasons", "ListFunctions")
        )
        status, function_id, modified = (str(response.get(name) or "") for name in ("Status", "FunctionId", "ModTime"))
        return cls(status, reasons, function_id, modified)

    @property
    def reason(self) -> str:
        """The reasons as one line."""
        return "; ".join(text or code for code, text in self.reasons)

    @property
    def has_failed(self) -> bool:
        """Whether the last operation failed."""
        return self.status.endswith(_FAILED)

    def error(self, action: str) -> CloudError:
        """The exception for a failed state."""
        code = next((code for code, _ in self.reasons if code), self.status)
        text = message("the function is {status}", status=self.status) + (f": {self.reason}" if self.reason else "")
        return CloudError(ErrorKind.REJECTED, code, text, action=action)
