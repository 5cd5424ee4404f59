"""Reads one function."""

from __future__ import annotations

from scfdeploy.model import Address
from scfdeploy.providers.base import none_if_missing
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import object_list

_LISTS = ("Layers", "StatusReasons", "Tags", "Triggers")


def names(resource: Address) -> dict[str, str]:
    """The parameters that identify the function of a resource."""
    return {"FunctionName": resource.function, "Namespace": resource.namespace}


def find_function(client: Client, function: Address, version: str = "") -> Answer | None:
    """The response of GetFunction for a function or a version; None if it does not exist. Raises CloudError."""
    qualifier = {"Qualifier": version} if version else {}
    # Unless ShowCode is FALSE, the response may contain the entry file.
    params = {**names(function), **qualifier, "ShowCode": "FALSE"}
    response = none_if_missing(lambda: client.read("GetFunction", params))
    if response is not None:
        for key in _LISTS:
            object_list(response, key, "GetFunction")
    return response
