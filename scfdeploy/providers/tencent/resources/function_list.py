"""Lists functions with what the list itself shows of them."""

from __future__ import annotations

from functools import partial

from scfdeploy.model import Address, Resource, Value
from scfdeploy.providers.base import none_if_missing
from scfdeploy.providers.tencent.resources.functions import function_resource
from scfdeploy.providers.tencent.resources.namespaces import namespace_names
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import Listing, list_all


def list_functions(client: Client, namespace: str | None) -> tuple[Resource, ...]:
    """The functions of a namespace, or of all, by address; their settings are runtime and description only.

    Raises CloudError, also if the namespace does not exist.
    """
    if namespace is not None:
        listings = {namespace: _list(client, namespace)}
    else:
        found = {name: none_if_missing(partial(_list, client, name)) for name in namespace_names(client)}
        # Without a listing, the namespace was deleted meanwhile.
        listings = {name: listing for name, listing in found.items() if listing is not None}
    resources = {}
    for name, listing in listings.items():
        for row in listing.rows:
            address = Address.of_function(name, str(row.get("FunctionName")))
            settings: dict[str, Value] = {"runtime": row.get("Runtime"), "description": row.get("Description")}
            resources[address] = function_resource(address, settings, row)
    return tuple(resources[address] for address in sorted(resources))


def _list(client: Client, namespace: str) -> Listing:
    return list_all(client, "ListFunctions", {"Namespace": namespace}, "Functions")
