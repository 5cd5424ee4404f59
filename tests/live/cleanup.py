"""Delete everything that live tests made: python -m tests.live.cleanup [--prefix scfdeploy-live-…].

For runs that were killed before they could clean up. Only names that begin with `scfdeploy-live-` are deleted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.providers.base import none_if_missing
from scfdeploy.providers.clock import SystemClock
from scfdeploy.providers.tencent.resources.aliases import DEFAULT_ALIAS, delete_alias, read_aliases
from scfdeploy.providers.tencent.resources.concurrency import read_provisioned
from scfdeploy.providers.tencent.resources.domains import read_domains
from scfdeploy.providers.tencent.resources.namespaces import namespace_names
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all, object_list
from tests.live.account import PREFIX, open_client

_ATTEMPTS = 60
_PAUSE_S = 2.0


def clean_up(client: Client, prefix: str) -> list[str]:
    """Delete everything with the prefix; returns the errors, or what remains. Ends after two minutes."""
    clock = SystemClock()
    errors: list[str] = []
    for attempt in range(_ATTEMPTS):
        if attempt:
            clock.sleep(_PAUSE_S)
        remaining = dict(_found(client, prefix))
        if not remaining:
            return []
        errors = [f"{name}: {error or 'still exists'}" for name, error in _delete_all(remaining)]
    return errors


def _delete_all(found: dict[str, Callable[[], object]]) -> Iterator[tuple[str, str]]:
    """Try to delete each; some have to wait for others, and are tried again."""
    for name, delete in found.items():
        print(f"deleting {name}")
        try:
            delete()
        except ScfDeployError as error:
            yield name, error.message
        else:
            yield name, ""


def _found(client: Client, prefix: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything with the prefix, by address, and what deletes it; domains first, namespaces last."""
    for domain in read_domains(client):
        if domain.address.name.startswith(prefix):
            params = {"Domain": domain.address.name}
            yield str(domain.address), lambda params=params: client.submit("DeleteCustomDomain", params)
    namespaces = namespace_names(client)
    for namespace in namespaces:
        rows = list_all(client, "ListFunctions", {"Namespace": namespace}, "Functions").rows
        for function in (Address.of_function(namespace, str(row.get("FunctionName"))) for row in rows):
            if function.function.startswith(prefix):
                yield str(function), lambda function=function: _delete_function(client, function)
    for row in list_all(client, "ListLayers", {}, "Layers").rows:
        name = str(row.get("LayerName"))
        if name.startswith(prefix):
            yield f"layer/{name}", lambda name=name: _delete_layer(client, name)
    for namespace in namespaces:
        if namespace.startswith(prefix):
            params = {"Namespace": namespace}
            yield f"namespace/{namespace}", lambda params=params: client.submit("DeleteNamespace", params)


def _delete_function(client: Client, function: Address) -> None:
    for alias in read_aliases(client, function):
        if alias.address.name != DEFAULT_ALIAS:
            delete_alias(client, alias.address)
    for provisioned in read_provisioned(client, function):
        params = {**function_params(function), "Qualifier": provisioned.address.name}
        client.submit("DeleteProvisionedConcurrencyConfig", params)
    none_if_missing(lambda: client.submit("DeleteFunction", function_params(function)))


def _delete_layer(client: Client, name: str) -> None:
    action = "ListLayerVersions"
    for row in object_list(client.read(action, {"LayerName": name}), "LayerVersions", action):
        client.submit("DeleteLayerVersion", {"LayerName": name, "LayerVersion": row.get("LayerVersion")})


def main(arguments: list[str]) -> int:
    """Clean up by the command line; 1 if something remains."""
    parser = argparse.ArgumentParser(prog="python -m tests.live.cleanup", description=__doc__)
    parser.add_argument("--prefix", default=PREFIX, help="delete only names that begin with this; default: all runs")
    prefix = parser.parse_args(arguments).prefix
    if not prefix.startswith(PREFIX):
        parser.error(f"--prefix must begin with {PREFIX}")
    remaining = clean_up(open_client(os.environ), prefix)
    for line in remaining:
        print(f"not deleted: {line}", file=sys.stderr)
    return 1 if remaining else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
