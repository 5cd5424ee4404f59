"""Refreshes many resources in parallel, with as few calls as possible."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.model import Address, Observed, Owner, Resource, Value
from scfdeploy.model.observed import APP_TAG
from scfdeploy.model.resource_kind import LAYER, NAMESPACE
from scfdeploy.providers.base import CloudError, ErrorKind, Query
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.resources.aliases import read_aliases
from scfdeploy.providers.tencent.resources.async_invocation import read_async
from scfdeploy.providers.tencent.resources.code import code_hash
from scfdeploy.providers.tencent.resources.concurrency import read_provisioned, read_reserved
from scfdeploy.providers.tencent.resources.functions import function_resource, read_function
from scfdeploy.providers.tencent.resources.layers import marked_layers, read_layer
from scfdeploy.providers.tencent.resources.namespaces import namespace_names
from scfdeploy.providers.tencent.resources.versions import read_numbers, read_published
from scfdeploy.providers.tencent.resources.wire import IMAGE_RUNTIME, pairs
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import list_all
from scfdeploy.providers.tencent.triggers.products import read_triggers

if TYPE_CHECKING:
    from concurrent.futures import Future

    from scfdeploy.providers.workers import Workers

_MANY = 5

Task: TypeAlias = "Callable[[], list[Task]]"
"""Reads one thing; returns the tasks that follow from it."""


def observe(client: Client, clock: Clock, query: Query, *, parallelism: int) -> Observed:
    """The requested resources that exist. Raises CloudError."""
    refresh = _Refresh(client, query)
    taken_at = clock.now()
    _run(refresh.tasks(), parallelism)
    return refresh.result(taken_at)


class _Refresh:
    """One refresh. Tasks in several threads write to it, each to its own keys."""

    def __init__(self, client: Client, query: Query) -> None:
        self._client = client
        self._query = query
        self._wanted = frozenset(query.functions)
        self._in = Counter(function.namespace for function in self._wanted)
        self._resources: dict[Address, Resource] = {}
        self._hashes: dict[Address, str] = {}
        self._versions: dict[Address, dict[str, Value]] = {}
        self._unlisted: dict[Address, Resource] = {}

    def tasks(self) -> list[Task]:
        """The first tasks."""
        query = self._query
        found: list[Task] = [partial(self.namespace, name) for name in self._in]
        found += [partial(self._layer, layer) for layer in query.layers]
        if query.namespaces or query.mounts or query.everywhere:
            found.append(self._namespaces)
        if query.unlisted_layers:
            found.append(self._unlisted_layers)
        return found

    def namespace(self, name: str) -> list[Task]:
        """Read a few functions one by one; for many, one list shows which exist and who owns the others."""
        wanted = [function for function in self._query.functions if function.namespace == name]
        if self._in[name] <= _MANY:
            marked: list[Task] = [partial(self._marked, name)] if self._query.app else []
            return [*marked, *(partial(self._function, function) for function in wanted)]
        rows = self._list({"Namespace": name})
        mounts = self._keep_unlisted(name, rows)
        there = {str(row.get("FunctionName")): row for row in rows}
        # The list shows that it exists, so its parts, which have their own rate limits, are read at once.
        found = [(function, there[function.function]) for function in wanted if function.function in there]
        return [*mounts, *(task for function, row in found for task in self._everything(function, row))]

    def result(self, taken_at: float) -> Observed:
        """The resources in the order of the query, without parts of functions that were deleted meanwhile."""
        found: dict[Address, list[Address]] = defaultdict(list)
        for address in sorted(self._resources):
            found[address.of].append(address)
        resources = {
            address: self._resources[address]
            for function in self._query.functions
            if function in self._resources
            for address in found[function]
        }
        for function in self._hashes.keys() & resources.keys():
            resource = resources[function]
            attributes = {**resource.attributes, "codeSha256": self._hashes[function]}
            resources[function] = replace(resource, attributes=attributes)
        for function in self._versions.keys() & resources.keys():
            resource = resources[function]
            resources[function] = replace(resource, attributes={**resource.attributes, **self._versions[function]})
        unlisted = tuple(self._unlisted[address] for address in sorted(self._unlisted))
        beside = [address for address in sorted(self._resources) if address.kind in (LAYER, NAMESPACE)]
        resources |= {address: self._resources[address] for address in beside}
        return Observed(resources, unlisted, taken_at)

    def _layer(self, layer: Address) -> list[Task]:
        found = read_layer(self._client, layer)
        if found is not None:
            self._resources[layer] = found
        return []

    def _unlisted_layers(self) -> list[Task]:
        marked = marked_layers(self._client, app=self._query.app, stage=self._query.stage)
        return [partial(self._unlisted_layer, layer) for layer in marked if layer not in self._query.layers]

    def _unlisted_layer(self, layer: Address) -> list[Task]:
        found = read_layer(self._client, layer)
        if found is not None:
            self._unlisted[layer] = found
        return []

    def _namespaces(self) -> list[Task]:
        names = namespace_names(self._client)
        there = [Address.of_namespace(name) for name in self._query.namespaces if name in names]
        self._resources |= {address: Resource(address, {}) for address in there}
        is_wide = self._query.mounts or self._query.everywhere
        others = [name for name in names if name not in self._in] if is_wide else []
        return [partial(self._marked, name) for name in others]

    def _marked(self, namespace: str) -> list[Task]:
        mark = {"Name": f"tag-{APP_TAG}", "Values": [self._query.app]}
        return self._keep_unlisted(namespace, self._list({"Namespace": namespace, "Filters": [mark]}))

    def _list(self, params: Mapping[str, Any]) -> tuple[Answer, ...]:
        try:
            return list_all(self._client, "ListFunctions", params, "Functions").rows
        except CloudError as error:
            if error.kind is ErrorKind.MISSING:  # the namespace does not exist
                return ()
            raise

    def _keep_unlisted(self, namespace: str, rows: Iterable[Answer]) -> list[Task]:
        """Keep functions that the project owns; the filter of the API is not relied on."""
        tasks: list[Task] = []
        for row in rows:
            address = Address.of_function(namespace, str(row.get("FunctionName")))
            owner = Owner.from_tags(pairs(row.get("Tags")))
            is_marked = owner is not None and (owner.app, owner.stage) == (self._query.app, self._query.stage)
            if is_marked and address not in self._wanted:
                settings: dict[str, Value] = {"runtime": row.get("Runtime"), "description": row.get("Description")}
                self._unlisted[address] = function_resource(address, settings, row)
                if self._query.mounts:
                    tasks.append(partial(self._all_of_unlisted, address))
        return tasks

    def _all_of_unlisted(self, function: Address) -> list[Task]:
        found = read_function(self._client, function)
        if found is not None:
            self._unlisted[function] = replace(found, owner=self._unlisted[function].owner)
        return []

    def _function(self, function: Address) -> list[Task]:
        self._settings(function)
        return [*self._code_part(function), *self._parts(function)] if function in self._resources else []

    def _everything(self, function: Address, row: Answer) -> list[Task]:
        note = self._query.known_code.get(str(row.get("FunctionId")))
        may_hold = note is not None and note.modified == row.get("ModTime")
        parts = self._parts(function)
        if may_hold or row.get("Runtime") == IMAGE_RUNTIME or not self._query.code:
            return [partial(self._settings_and_code, function), *parts]
        return [partial(self._part, self._settings, function), partial(self._part, self._code, function), *parts]

    def _settings_and_code(self, function: Address) -> list[Task]:
        self._part(self._settings, function)
        return self._code_part(function) if function in self._resources else []

    def _code_part(self, function: Address) -> list[Task]:
        """The task that reads the code hash, unless the function has no code or the hash is known."""
        resource = self._resources[function]
        if not self._query.code or resource.settings.get("image"):
            return []
        note = self._query.known_code.get(str(resource.attributes.get("functionId")))
        if note is None or not note.matches(resource.attributes):
            return [partial(self._part, self._code, function)]
        self._hashes[function] = note.sha256
        return []

    def _settings(self, function: Address) -> None:
        found = read_function(self._client, function)
        if found is not None:
            self._resources[function] = found

    def _parts(self, function: Address) -> list[Task]:
        parts: list[Task] = [partial(self._part, self._triggers, function)]
        if function in self._query.asynchronous or function.asynchronous() in self._query.asynchronous:
            parts.append(partial(self._part, self._async, function))
        parts += [partial(self._part, look, function) for look, wanted in self._rarer() if function in wanted]
        return parts

    def _rarer(self) -> Iterable[tuple[Callable[[Address], None], frozenset[Address]]]:
        query = self._query
        yield self._read_versions, query.versions | query.published
        yield self._read_aliases, query.aliases
        yield self._read_provisioned, query.provisioned
        yield self._read_reserved, query.reserved

    def _part(self, look: Callable[[Address], None], function: Address) -> list[Task]:
        try:
            look(function)
        except CloudError as error:
            if error.kind is not ErrorKind.MISSING:  # deleted after the function was read
                raise
        return []

    def _triggers(self, function: Address) -> None:
        for trigger in read_triggers(self._client, function):
            self._resources[trigger.address] = trigger

    def _code(self, function: Address) -> None:
        digest = code_hash(self._client, function)
        if digest:
            self._hashes[function] = digest

    def _async(self, function: Address) -> None:
        found = read_async(self._client, function)
        self._resources[found.address] = found

    def _read_versions(self, function: Address) -> None:
        numbers = read_numbers(self._client, function)
        self._versions[function] = {"versions": numbers}
        if numbers and function in self._query.published:
            self._versions[function]["published"] = read_published(self._client, function, numbers[-1])

    def _read_aliases(self, function: Address) -> None:
        self._resources |= {alias.address: alias for alias in read_aliases(self._client, function)}

    def _read_provisioned(self, function: Address) -> None:
        self._resources |= {found.address: found for found in read_provisioned(self._client, function)}

    def _read_reserved(self, function: Address) -> None:
        found = read_reserved(self._client, function)
        self._resources[found.address] = found


def _run(tasks: Iterable[Task], parallelism: int) -> None:
    """Run tasks and those that they return; the first failure ends the run."""
    from concurrent.futures import FIRST_COMPLETED, wait

    from scfdeploy.providers.workers import Workers

    with Workers(parallelism, name="observe") as pool:
        running = {pool.submit(task) for task in tasks}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= _follow(done, pool)
        except BaseException:
            for future in running:
                future.cancel()
            raise


def _follow(done: Iterable[Future[list[Task]]], pool: Workers) -> set[Future[list[Task]]]:
    return {pool.submit(task) for future in done for task in future.result()}
