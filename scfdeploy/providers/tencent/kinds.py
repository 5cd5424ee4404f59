"""How each kind of resource is read and written: one record per kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from threading import BoundedSemaphore

from scfdeploy.model import Address, Bundle, Resource
from scfdeploy.model.resource_kind import (
    ALIAS,
    ASYNC,
    CONCURRENCY,
    DOMAIN,
    FUNCTION,
    LAYER,
    NAMESPACE,
    TRIGGER,
    ResourceKind,
)
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import Writer
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.resources.aliases import AliasWriter, read_aliases
from scfdeploy.providers.tencent.resources.async_invocation import AsyncWriter, read_async
from scfdeploy.providers.tencent.resources.concurrency import ConcurrencyWriter, read_provisioned, read_reserved
from scfdeploy.providers.tencent.resources.domains import DomainWriter, read_domain
from scfdeploy.providers.tencent.resources.function_reader import read_function
from scfdeploy.providers.tencent.resources.function_status import FunctionStatusCache
from scfdeploy.providers.tencent.resources.function_writer import FunctionWriter
from scfdeploy.providers.tencent.resources.layers import LayerStates, LayerWriter, read_layer
from scfdeploy.providers.tencent.resources.namespaces import NamespaceWriter
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.triggers.products import TriggerWriter, product_of, read_triggers
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True)
class WriterContext:
    """What the writers of one region share."""

    client: Client
    clock: Clock
    bundles: Mapping[Address, Bundle]
    statuses: FunctionStatusCache
    uploads: Uploads
    large_uploads: BoundedSemaphore
    layers: LayerStates


def _has_known_parent(change: Change, seen: Collection[Address], created: Collection[Address]) -> bool:
    """Only parts of functions that existed before can be changed by others; this run's own writes need no check."""
    return change.address.of in seen and change.address.of not in created


@dataclass(frozen=True, slots=True)
class KindHandler:
    """What the provider does for one kind."""

    writer: Callable[[WriterContext], Writer]
    read: Callable[[Client, Address], Iterable[Resource]] | None = None
    """Reads the resource at an address; others in the same response may come with it. None: never read one by one."""
    response_key: Callable[[Address], object] = lambda address: address
    """Addresses with equal keys are read by one request."""
    is_checked: Callable[[Change, Collection[Address], Collection[Address]], bool] = _has_known_parent
    """Whether to look for conflicts before writing, given the change, the addresses seen and those created since."""
    waits_for_parent: bool = True
    """Whether the platform rejects writes while an operation on the function is in progress."""
    written_address: Callable[[Change], Address] = lambda change: change.address
    """The address of the resource that a change writes."""


def _trigger_product(trigger: Address) -> str:
    return product_of(trigger.trigger_type)


def _read_concurrency(client: Client, address: Address) -> Iterable[Resource]:
    return read_provisioned(client, address.of) if address.name else (read_reserved(client, address.of),)


def _provisioned_address(change: Change) -> Address:
    """The change of `published` writes the instances of a version, which the settings name."""
    version = change.settings.get("qualifier")
    if change.address.name and version is not None:
        return change.address.of.provisioned(str(version))
    return change.address


def _one(read: Callable[[Client, Address], Resource | None]) -> Callable[[Client, Address], Iterable[Resource]]:
    def found(client: Client, address: Address) -> Iterable[Resource]:
        resource = read(client, address)
        return () if resource is None else (resource,)

    return found


HANDLERS: Mapping[ResourceKind, KindHandler] = {
    FUNCTION: KindHandler(
        lambda context: FunctionWriter(
            context.client,
            context.statuses,
            context.clock,
            context.bundles,
            uploads=context.uploads,
            large_uploads=context.large_uploads,
            layers=context.layers,
        ),
        _one(read_function),
        # The platform rejects a second function of the same name, so a creation needs no check.
        is_checked=lambda change, seen, _: change.address in seen and change.action is not Action.CREATE,
    ),
    TRIGGER: KindHandler(
        lambda context: TriggerWriter(context.client),
        lambda client, trigger: read_triggers(client, trigger.of, (_trigger_product(trigger),)),
        lambda trigger: (trigger.of, _trigger_product(trigger)),
    ),
    ALIAS: KindHandler(
        lambda context: AliasWriter(context.client),
        lambda client, alias: read_aliases(client, alias.of),
        lambda alias: (alias.of, ALIAS),
    ),
    ASYNC: KindHandler(
        lambda context: AsyncWriter(context.client),
        lambda client, settings: (read_async(client, settings.of),),
    ),
    CONCURRENCY: KindHandler(
        lambda context: ConcurrencyWriter(context.client),
        _read_concurrency,
        written_address=_provisioned_address,
    ),
    LAYER: KindHandler(
        lambda context: LayerWriter(context.client, context.bundles, context.uploads, context.layers),
        _one(read_layer),
        # A version never changes and its number is never reused, so deleting it needs no check.
        is_checked=lambda change, *_: change.action is not Action.DELETE,
        waits_for_parent=False,
    ),
    DOMAIN: KindHandler(lambda context: DomainWriter(context.client), _one(read_domain), waits_for_parent=False),
    NAMESPACE: KindHandler(lambda context: NamespaceWriter(context.client), is_checked=lambda *_: False),
}
