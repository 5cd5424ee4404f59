"""Refreshes many resources in parallel, with as few calls as possible.

What reads the rarer kinds is imported where it is needed.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.model import Address, ListEntry, Observed, Owner, Resource, Value
from scfdeploy.model.observed import APP_TAG
from scfdeploy.providers.base import ProgressListener, Query, Stage, StageProgress, none_if_missing
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.resources.function_reader import function_resource, read_function
from scfdeploy.providers.tencent.resources.wire import IMAGE_RUNTIME, pairs
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.cloud_time import is_past
from scfdeploy.providers.tencent.transport.paging import PageSet, list_all, read_page
from scfdeploy.providers.tencent.triggers.products import read_triggers
from scfdeploy.records import replace

if TYPE_CHECKING:
    from concurrent.futures import Future

_FEW = 5

Task: TypeAlias = "Callable[[], list[Task]]"
"""Reads one thing; returns the tasks that follow from it."""


class Observation:
    """One answer to a query. What it reads first can be started before the answer is needed."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        query: Query,
        *,
        parallelism: int,
        on_progress: ProgressListener | None = None,
    ) -> None:
        self.query = query
        self._client = client
        self._parallelism = parallelism
        self._on_progress = on_progress
        self._refresh = _Refresh(client, query, self._note_done)
        self._taken_at = clock.now()
        self._started: Future[None] | None = None
        client.cloud_time.begin()

    def start(self) -> None:
        """Read in other threads what does not follow from what is read: lists, if the query has `choose_unread`."""
        from scfdeploy.providers.workers import Workers

        with Workers(1, name="lists") as pool:
            self._started = pool.submit(_run, self._refresh.tasks(), self._parallelism)

    def finish(self) -> Observed:
        """The requested resources that exist. Raises CloudError, also for what was started."""
        refresh, query, total = self._refresh, self.query, len(self.query.functions)
        self._note_done(0)
        try:
            if self._started is None:
                _run(refresh.tasks(), self._parallelism)
            else:
                self._started.result()
            if query.choose_unread is not None:
                _run(refresh.tasks_of_lists(), self._parallelism)
                following = refresh.tasks_of_read(query.choose_unread(refresh.result(self._taken_at)))
                self._client.cloud_time.begin()
                _run(following, self._parallelism)
        finally:
            if self._on_progress is not None:
                self._on_progress(StageProgress(Stage.READING, total, total))
        return refresh.result(self._taken_at)

    def _note_done(self, functions: int) -> None:
        total = len(self.query.functions)
        if self._on_progress is not None and functions < total:
            self._on_progress(StageProgress(Stage.READING, functions, total))


class _Refresh:
    """One refresh. Tasks in several threads write to it, each to its own keys."""

    def __init__(self, client: Client, query: Query, on_done: Callable[[int], None]) -> None:
        self._client = client
        self._on_done = on_done
        self._done = 0
        self._open_tasks: Counter[Address] = Counter()
        self._lock = threading.Lock()
        self._query = query
        self._functions = frozenset(query.functions)
        self._function_counts = Counter(function.namespace for function in self._functions)
        self._resources: dict[Address, Resource] = {}
        self._hashes: dict[Address, str] = {}
        self._versions: dict[Address, dict[str, Value]] = {}
        self._unlisted: dict[Address, Resource] = {}
        self._rows: dict[Address, Answer] = {}
        self._entries: dict[Address, ListEntry] = {}
        self._lists: dict[str, PageSet] = {}
        self._unread: frozenset[Address] = frozenset()

    def tasks(self) -> list[Task]:
        """The first tasks."""
        query = self._query
        read = self._read_namespace if query.choose_unread is None else self._read_list
        tasks: list[Task] = [partial(read, name) for name in self._function_counts]
        tasks += [partial(self._read_layer, layer, self._resources) for layer in query.layers]
        if query.namespaces or query.mounts or query.everywhere:
            tasks.append(self._read_namespaces)
        if query.domains or query.all_domains or query.unlisted_domains:
            tasks.append(self._read_domains)
        if query.unlisted_layers:
            tasks.append(self._find_unlisted_layers)
        return tasks

    def result(self, taken_at: float) -> Observed:
        """The resources in the order of the query, without those of functions that were deleted meanwhile."""
        by_function: dict[Address, list[Address]] = defaultdict(list)
        for address in sorted(self._resources):
            by_function[address.of].append(address)
        resources = {
            address: self._resources[address]
            for function in self._query.functions
            if function in self._resources
            for address in by_function[function]
        }
        for function in resources.keys() & (self._hashes.keys() | self._versions.keys()):
            resource = resources[function]
            code = {"codeSha256": self._hashes[function]} if function in self._hashes else {}
            attributes = {**resource.attributes, **code, **self._versions.get(function, {})}
            resources[function] = replace(resource, attributes=attributes)
        others = [address for address in sorted(self._resources) if address.kind.is_shared]
        resources |= {address: self._resources[address] for address in others}
        unlisted = tuple(self._unlisted[address] for address in sorted(self._unlisted))
        if self._query.entries or self._query.choose_unread is not None:
            from scfdeploy.providers.tencent.resources.function_list import list_entry

            new = self._rows.keys() - self._entries.keys()
            self._entries |= {address: list_entry(self._rows[address]) for address in new}
        began_at = self._client.cloud_time.at_beginning
        settled = (
            function for function in self._functions & resources.keys() if _is_settled(resources[function], began_at)
        )
        return Observed(resources, unlisted, taken_at, self._entries, self._unread, frozenset(settled))

    def tasks_of_lists(self) -> list[Task]:
        """After the pages: the tasks that follow from the lists. A list that changed meanwhile is read again."""
        tasks = []
        for name, pages in self._lists.items():
            rows = pages.rows("FunctionName")
            if rows is None:
                rows = [*self._list_functions(self._list_params(name))]
            tasks += self._record_unlisted(name, rows)
        return tasks

    def tasks_of_read(self, unread: Collection[Address]) -> list[Task]:
        """After the lists: the tasks that read the functions that exist, without `unread` ones."""
        self._unread = frozenset(unread) & self._rows.keys()
        tasks: list[Task] = []
        done = len(self._functions)
        for function in self._query.functions:
            if function in self._rows and function not in self._unread:
                tasks += self._read_existing_function(function, self._rows[function])
                done -= 1
            elif function not in self._rows and self._has_few(function.namespace):
                tasks.append(self._tracked(function, partial(self._read_function, function)))
                done -= 1
        self._note_done(done)
        return tasks

    def _read_namespace(self, name: str) -> list[Task]:
        """Read a few functions one by one; for many, one list shows which exist and who owns the others."""
        functions = [function for function in self._query.functions if function.namespace == name]
        if self._has_few(name):
            if not self._query.settings:
                tasks: list[Task] = [partial(self._read_entries, name, functions)]
                return [*tasks, *(task for function in functions for task in self._resource_tasks(function))]
            tasks = [partial(self._find_owned, name)] if self._query.app else []
            if self._query.probably_exist:
                return [*tasks, *(task for function in functions for task in self._all_tasks(function))]
            return [
                *tasks,
                *(self._tracked(function, partial(self._read_function, function)) for function in functions),
            ]
        rows = self._list_functions({"Namespace": name})
        tasks = self._record_unlisted(name, rows)
        rows_by_name = {str(row.get("FunctionName")): row for row in rows}
        # These functions exist, so all their resources, which have rate limits of their own, are read at once.
        existing = [function for function in functions if function.function in rows_by_name]
        for function in existing:
            tasks += self._read_existing_function(function, rows_by_name[function.function])
        self._note_done(len(functions) - len(existing))
        return tasks

    def _read_list(self, name: str) -> list[Task]:
        """Read the list of a namespace, without the functions in it; its pages after the first one side by side."""
        if none_if_missing(lambda: self._read_page(name, 0)) is None:
            return []
        return [partial(self._read_page, name, offset) for offset in self._lists[name].missing]

    def _read_page(self, name: str, offset: int) -> list[Task]:
        page = read_page(self._client, "ListFunctions", self._list_params(name), "Functions", offset=offset)
        self._lists.setdefault(name, PageSet()).add(offset, page)
        return []

    def _read_layer(self, layer: Address, resources: dict[Address, Resource]) -> list[Task]:
        from scfdeploy.providers.tencent.resources.layers import read_layer

        resource = read_layer(self._client, layer)
        if resource is not None:
            resources[layer] = resource
        return []

    def _read_domains(self) -> list[Task]:
        from scfdeploy.providers.tencent.resources.domains import read_domains

        query = self._query
        for domain in read_domains(self._client):
            if query.all_domains or domain.address in query.domains:
                self._resources[domain.address] = domain
            elif query.unlisted_domains and self._is_owned(domain.owner):
                self._unlisted[domain.address] = domain
        return []

    def _find_unlisted_layers(self) -> list[Task]:
        from scfdeploy.providers.tencent.resources.layers import owned_layers

        owned = owned_layers(self._client, app=self._query.app, stage=self._query.stage)
        return [partial(self._read_layer, layer, self._unlisted) for layer in owned if layer not in self._query.layers]

    def _read_namespaces(self) -> list[Task]:
        from scfdeploy.providers.tencent.resources.namespaces import namespace_names

        names = namespace_names(self._client)
        existing = [Address.of_namespace(name) for name in self._query.namespaces if name in names]
        self._resources |= {address: Resource(address, {}) for address in existing}
        if not (self._query.mounts or self._query.everywhere):
            return []
        return [partial(self._find_owned, name) for name in names if name not in self._function_counts]

    def _read_entries(self, namespace: str, functions: Iterable[Address]) -> list[Task]:
        """Read the list entries of owned functions; the list does not show whether others exist."""
        tasks = self._find_owned(namespace)
        return [
            *tasks,
            *(partial(self._read_unowned, address) for address in functions if not self._use_entry(address)),
        ]

    def _read_unowned(self, function: Address) -> list[Task]:
        self._read_settings(function)
        return []

    def _use_entry(self, function: Address) -> bool:
        """Take the list entry of a function as its state, if the project owns it."""
        row = self._rows.get(function)
        if row is None or not self._is_owned(Owner.from_tags(pairs(row.get("Tags")))):
            return False
        self._resources[function] = _entry_resource(function, row)
        return True

    def _find_owned(self, namespace: str) -> list[Task]:
        return self._record_unlisted(namespace, self._list_functions(self._owned_params(namespace)))

    def _owned_params(self, namespace: str) -> dict[str, Any]:
        tag_filter = {"Name": f"tag-{APP_TAG}", "Values": [self._query.app]}
        return {"Namespace": namespace, "Filters": [tag_filter]}

    def _list_params(self, namespace: str) -> dict[str, Any]:
        """For a few functions, which are read one by one if they are not in it: a list without those of other apps."""
        is_owned = self._has_few(namespace) and self._query.app
        return self._owned_params(namespace) if is_owned else {"Namespace": namespace}

    def _has_few(self, namespace: str) -> bool:
        """Whether the functions of a namespace are read one by one, and not by a list."""
        return self._function_counts[namespace] <= _FEW

    def _is_owned(self, owner: Owner | None) -> bool:
        return owner is not None and (owner.app, owner.stage) == (self._query.app, self._query.stage)

    def _list_functions(self, params: Mapping[str, Any]) -> tuple[Answer, ...]:
        """The functions of a namespace; none if it does not exist."""
        listing = none_if_missing(lambda: list_all(self._client, "ListFunctions", params, "Functions"))
        return () if listing is None else listing.rows

    def _record_unlisted(self, namespace: str, rows: Iterable[Answer]) -> list[Task]:
        """Record functions that the project owns. Rows without its tags are skipped: the API may ignore the filter."""
        tasks: list[Task] = []
        for row in rows:
            address = Address.of_function(namespace, str(row.get("FunctionName")))
            if address in self._functions:
                self._rows[address] = row
            elif self._is_owned(Owner.from_tags(pairs(row.get("Tags")))):
                self._unlisted[address] = _entry_resource(address, row)
                if self._query.mounts:
                    tasks.append(partial(self._read_unlisted_settings, address))
        return tasks

    def _read_unlisted_settings(self, function: Address) -> list[Task]:
        resource = read_function(self._client, function)
        if resource is not None:
            self._unlisted[function] = replace(resource, owner=self._unlisted[function].owner)
        return []

    def _read_function(self, function: Address) -> list[Task]:
        self._read_settings(function)
        if function not in self._resources:
            return []
        return [*self._code_tasks(function), *self._resource_tasks(function)]

    def _read_existing_function(self, function: Address, row: Answer) -> list[Task]:
        if not self._query.settings and self._use_entry(function):
            return self._resource_tasks(function)
        known = self._query.known_code.get(str(row.get("FunctionId")))
        is_probably_known = known is not None and known.modified == row.get("ModTime")
        if is_probably_known or row.get("Runtime") == IMAGE_RUNTIME or not self._query.code:
            return self._all_tasks(function)
        tasks = self._resource_tasks(function)
        return [self._task(self._read_settings, function), self._task(self._read_code_hash, function), *tasks]

    def _all_tasks(self, function: Address) -> list[Task]:
        """The tasks that read a function and, without waiting for it, its resources; its code hash follows."""
        return [
            self._tracked(function, partial(self._read_settings_and_code, function)),
            *self._resource_tasks(function),
        ]

    def _read_settings_and_code(self, function: Address) -> list[Task]:
        self._task(self._read_settings, function)()
        return self._code_tasks(function) if function in self._resources else []

    def _code_tasks(self, function: Address) -> list[Task]:
        """The task that reads the code hash, unless the function has no code or the hash is known."""
        resource = self._resources[function]
        if not self._query.code or resource.settings.get("image"):
            return []
        known = self._query.known_code.get(str(resource.attributes.get("functionId")))
        if known is None or not known.matches(resource.attributes):
            return [self._task(self._read_code_hash, function)]
        self._hashes[function] = known.sha256
        return []

    def _resource_tasks(self, function: Address) -> list[Task]:
        """The tasks that read the requested resources of a function."""
        query = self._query
        tasks = [self._task(self._read_triggers, function)] if query.triggers else []
        if function in query.asynchronous or function.asynchronous() in query.asynchronous:
            tasks.append(self._task(self._read_async, function))
        for read, functions in (
            (self._read_versions, query.versions | query.published),
            (self._read_aliases, query.aliases),
            (self._read_provisioned, query.provisioned),
            (self._read_reserved, query.reserved),
        ):
            if function in functions:
                tasks.append(self._task(read, function))
        return tasks

    def _task(self, read: Callable[[Address], None], function: Address) -> Task:
        def task() -> list[Task]:
            # The function may have been deleted since it was read.
            none_if_missing(lambda: read(function))
            return []

        return self._tracked(function, task)

    def _tracked(self, function: Address, task: Task) -> Task:
        """The task; when it ends and no other task of the function is left, the function is done."""
        with self._lock:
            self._open_tasks[function] += 1

        def tracked() -> list[Task]:
            following = task()
            with self._lock:
                self._open_tasks[function] -= 1
                is_last = not self._open_tasks[function]
            if is_last and function in self._functions:
                self._note_done(1)
            return following

        return tracked

    def _note_done(self, functions: int) -> None:
        with self._lock:
            self._done += functions
            done = self._done
        if functions:
            self._on_done(done)

    def _read_settings(self, function: Address) -> None:
        resource = read_function(self._client, function)
        if resource is not None:
            self._resources[function] = resource

    def _read_triggers(self, function: Address) -> None:
        self._record(read_triggers(self._client, function))

    def _read_code_hash(self, function: Address) -> None:
        from scfdeploy.providers.tencent.resources.code import code_hash

        code_sha256 = code_hash(self._client, function)
        if code_sha256:
            self._hashes[function] = code_sha256

    def _read_async(self, function: Address) -> None:
        from scfdeploy.providers.tencent.resources.async_invocation import read_async

        self._record([read_async(self._client, function)])

    def _read_versions(self, function: Address) -> None:
        from scfdeploy.providers.tencent.resources.versions import read_numbers, read_published

        numbers = read_numbers(self._client, function)
        self._versions[function] = {"versions": numbers}
        if numbers and function in self._query.published:
            self._versions[function]["published"] = read_published(self._client, function, numbers[-1])

    def _read_aliases(self, function: Address) -> None:
        from scfdeploy.providers.tencent.resources.aliases import read_aliases

        self._record(read_aliases(self._client, function))

    def _read_provisioned(self, function: Address) -> None:
        from scfdeploy.providers.tencent.resources.concurrency import read_provisioned

        self._record(read_provisioned(self._client, function))

    def _read_reserved(self, function: Address) -> None:
        from scfdeploy.providers.tencent.resources.concurrency import read_reserved

        self._record([read_reserved(self._client, function)])

    def _record(self, resources: Iterable[Resource]) -> None:
        self._resources |= {resource.address: resource for resource in resources}


def _is_settled(function: Resource, began_at: float | None) -> bool:
    return is_past(str(function.attributes.get("modified") or ""), began_at)


def _entry_resource(function: Address, row: Answer) -> Resource:
    settings: dict[str, Value] = {"runtime": row.get("Runtime"), "description": row.get("Description")}
    return function_resource(function, settings, row)


def _run(tasks: Iterable[Task], parallelism: int) -> None:
    """Run tasks and those that they return, in the order in which they become known; the first failure ends the run."""
    from queue import SimpleQueue

    from scfdeploy.providers.workers import Workers

    done: SimpleQueue[Future[list[Task]]] = SimpleQueue()
    running: set[Future[list[Task]]] = set()
    with Workers(parallelism, name="observe") as pool:

        def start(following: Iterable[Task]) -> None:
            for task in following:
                future = pool.submit(task)
                running.add(future)
                future.add_done_callback(done.put)

        try:
            start(tasks)
            while running:
                future = done.get()
                running.remove(future)
                start(future.result())
        except BaseException:
            for future in running:
                future.cancel()
            raise
