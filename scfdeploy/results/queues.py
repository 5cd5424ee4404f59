"""The results of `queue`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.results import Findings


class Queue(NamedTuple):
    """A local queue or topic."""

    name: str
    kind: str
    """`CMQ-QUEUE` or `CMQ-TOPIC`."""

    messages: int
    oldest: str | None
    failed_deliveries: int


class QueueList(NamedTuple):
    """The result of `queue list`."""

    findings: Findings
    queues: Sequence[Queue]
    command: str = "queue list"
    ok: bool = True


class QueueMessage(NamedTuple):
    """A message of a local queue. `body` is parsed where it is JSON."""

    id: int
    sent_at: str
    attributes: Mapping[str, Any]
    body: Any
    text: str
    """The body as it was sent."""

    note: str = ""
    """Which subscribers of a topic did not get the message."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of a dead letter; empty for a message that is no JSON object."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def event_fields(self) -> Mapping[str, Any]:
        """The fields inside `Body` of a dead letter, which describe its event; empty for any other message."""
        inner = self.fields.get("Body")
        return inner if isinstance(inner, dict) else {}


class QueueShown(NamedTuple):
    """The result of `queue show`."""

    findings: Findings
    name: str
    kind: str
    total: int
    messages: Sequence[QueueMessage]
    explain: bool = False
    command: str = "queue show"
    ok: bool = True


class QueueCall(NamedTuple):
    """One message that `queue test` or `queue redrive` sent to a function."""

    id: int
    request_id: str
    """The request id of the failed event, or with `redrive` of the new one."""

    ok: bool
    status: int | None
    error: str = ""
    function: str = ""
    """Where `redrive` sent it."""


class QueueCalls(NamedTuple):
    """The result of `queue test` and `queue redrive`."""

    command: str
    findings: Findings
    queue: str
    function: str
    calls: Sequence[QueueCall]

    @property
    def ok(self) -> bool:
        """Whether all messages were accepted or handled."""
        return all(call.ok for call in self.calls)


class QueueChanged(NamedTuple):
    """The result of `queue create`, `subscribe`, `send` and `purge`; `values` are what the message names."""

    command: str
    findings: Findings
    values: Mapping[str, Any]
    ok: bool = True


QueueResult: TypeAlias = QueueList | QueueShown | QueueCalls | QueueChanged
