"""Looks up one function."""

from __future__ import annotations

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import object_list

_LISTS = ("Layers", "StatusReasons", "Tags", "Triggers")


def names(resource: Address) -> dict[str, str]:
    """The parameters that name the function that a resource is or belongs to."""
    return {"FunctionName": resource.function, "Namespace": resource.namespace}


def find_function(client: Client, function: Address, version: str = "") -> Answer | None:
    """What GetFunction shows of it or of one version, None when there is no such thing. Raises CloudError."""
    qualifier = {"Qualifier": version} if version else {}
    try:
        # Without ShowCode the answer may carry the text of the entry file.
        shown = client.read("GetFunction", {**names(function), **qualifier, "ShowCode": "FALSE"})
    except CloudError as error:
        if error.kind is ErrorKind.MISSING:
            return None
        raise
    for key in _LISTS:
        object_list(shown, key, "GetFunction")
    return shown
