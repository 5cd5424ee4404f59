"""Reads and creates namespaces. Namespaces are never deleted: others may use them."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.diagnostics import message
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all


class NamespaceWriter:
    """Plans steps for the kind `namespace`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call."""
        name = change.address.namespace

        def readiness() -> Readiness:
            return Readiness.READY if name in namespace_names(self._client) else Readiness.PENDING

        return (Step(message("create"), lambda: self._create(name), readiness=readiness, idempotent=True),)

    def update(self, change: Change) -> Sequence[Step]:
        """Nothing: a namespace has no settings."""
        return ()

    def delete(self, change: Change) -> Sequence[Step]:
        """Nothing: a namespace belongs to no project."""
        return ()

    def _create(self, name: str) -> str:
        try:
            return self._client.submit("CreateNamespace", {"Namespace": name})
        except CloudError as error:
            if error.kind is ErrorKind.EXISTS:  # created by another client meanwhile
                return error.request_id
            raise


def namespace_names(client: Client) -> tuple[str, ...]:
    """Every namespace of the region. Raises CloudError."""
    return tuple(str(row.get("Name") or "") for row in list_all(client, "ListNamespaces", {}, "Namespaces").rows)
