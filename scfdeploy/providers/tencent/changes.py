"""Plans the steps of changes in one region: those of each kind's writer, after a check for changes by others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from scfdeploy.model import Address, Bundle, Resource
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step, Writer
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.auth.account import Account
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.kinds import HANDLERS, WriterContext
from scfdeploy.providers.tencent.precondition import PreconditionGuard
from scfdeploy.providers.tencent.resources.function_status import FunctionStatusCache
from scfdeploy.providers.tencent.resources.layers import LayerStates
from scfdeploy.providers.tencent.transport.client import Client

if TYPE_CHECKING:  # it loads the HTTP library
    from scfdeploy.providers.tencent.cos.bucket import Bucket

# A large request exists several times in memory while it is built and signed, so few are sent at once.
_MAX_LARGE_REQUESTS = 4


class ChangeWriter:
    """Implements Writer. Thread-safe once `planned` has all resources that plans are made from."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        bundles: Mapping[Address, Bundle],
        *,
        account: Account,
        open_bucket: Callable[[str], Bucket],
        planned: dict[Address, Resource],
    ) -> None:
        self._statuses = statuses = FunctionStatusCache(client, clock)
        self._guard = PreconditionGuard(client, statuses, clock, planned)
        slots = BoundedSemaphore(_MAX_LARGE_REQUESTS)
        uploads = Uploads(client.region, account, open_bucket, slots)
        context = WriterContext(client, clock, bundles, statuses, uploads, slots, LayerStates(client))
        self._writers = {kind: handler.writer(context) for kind, handler in HANDLERS.items()}

    def is_settled(self, function: Address, modified: str) -> bool:
        """Whether a poll showed this modification time when its second was over. A later change shows another time."""
        return self._statuses.is_settled(function, modified)

    def expect(self, resource: Resource) -> None:
        """Make the next change of this resource fail if its state differs from this one, which this run has written."""
        self._guard.expect(resource)

    def create(self, change: Change) -> Sequence[Step]:
        """The steps that create the resource."""
        return self._guard.before(change, self._writer(change).create(change))

    def update(self, change: Change) -> Sequence[Step]:
        """The steps that change `change.fields`, and nothing else."""
        return self._guard.before(change, self._writer(change).update(change))

    def delete(self, change: Change) -> Sequence[Step]:
        """The steps that delete the resource."""
        return self._guard.before(change, self._writer(change).delete(change))

    def _writer(self, change: Change) -> Writer:
        return self._writers[change.address.kind]
