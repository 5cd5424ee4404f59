"""The result of `invoke`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.providers.invocation import HttpResponse, Invocation
    from scfdeploy.results import Findings
    from scfdeploy.results.events import EventInfo, EventsRun, TimelineEntry


class Invoked(NamedTuple):
    """The result of `invoke`."""

    findings: Findings
    ok: bool
    function: str
    invocation: Invocation | None
    """None if the function was not called."""

    asynchronous: bool = False
    event: EventInfo | None = None
    """The accepted event, after its first attempt or, with --wait, its end; None in the cloud."""

    timeline: Sequence[TimelineEntry] = ()
    ran: EventsRun | None = None
    """What --wait did."""

    options: str = ""
    """The options that select the same server, for commands in messages."""

    http: HttpResponse | None = None
    """The response, if the function was called by its URL."""

    shows_headers: bool = False
    """Whether text output has the headers of the response."""
    command: str = "invoke"
