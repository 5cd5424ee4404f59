"""Lists functions with what the list itself shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from scfdeploy.model import Address, ListEntry, Owner, Resource, Value
from scfdeploy.providers.base import none_if_missing
from scfdeploy.providers.tencent.resources.function_reader import function_resource
from scfdeploy.providers.tencent.resources.function_wire import read_tags
from scfdeploy.providers.tencent.resources.namespaces import namespace_names
from scfdeploy.providers.tencent.resources.wire import pairs
from scfdeploy.providers.tencent.resources.write_only_settings import from_tags
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import Listing, list_all

# Compared as settings, or by whoever reads them; they can contain secrets.
_NOT_DIGESTED = frozenset({"Tags", "Description"})


def list_entry(row: Mapping[str, Any]) -> ListEntry:
    """A row of ListFunctions."""
    import hashlib
    import json

    others = {name: value for name, value in row.items() if name not in _NOT_DIGESTED}
    text = json.dumps(others, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return ListEntry(
        str(row.get("FunctionId") or ""),
        str(row.get("ModTime") or ""),
        str(row.get("Status") or ""),
        Owner.from_tags(pairs(row.get("Tags"))),
        {**from_tags(row), "tags": read_tags(row)},
        hashlib.sha256(text.encode()).hexdigest(),
    )


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
