"""The effect of fault rules on one call: delays, failures, lost responses and garbled ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from scfdeploy.emulator.messages import Response

_PAGE = b"<html><head><title>502</title></head><body>The gateway is away.</body></html>"

GARBLES: dict[str, Callable[[Response], Response]] = {
    # Half of the announced bytes, then the connection closes.
    "cut": lambda response: replace(response, sent=len(response.body) // 2),
    # Half of the body, announced as all of it.
    "half": lambda response: replace(response, body=response.body[: len(response.body) // 2]),
    "empty": lambda response: replace(response, body=b""),
    # The HTML page of a gateway.
    "page": lambda response: replace(response, body=_PAGE, content_type="text/html"),
    # The correct body, with a content type that some clients do not expect.
    "content-type": lambda response: replace(response, content_type="application/json; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """The faults of one call; the fields are those of `Rule`. Empty values have no effect."""

    latency_s: float = 0.0
    code: str = ""
    message: str = ""
    status: int = 0
    when: str = ""
    drop: bool = False
    garbled: str = ""
    skew_s: float = 0.0
    async_failure: str = ""
    stuck: bool = False
    late_tags_s: float = 0.0
    stale_s: float = 0.0

    def wait(self, base_s: float) -> None:
        """Wait for the latency of the server (`base_s`) and of the rules."""
        if wait_s := base_s + self.latency_s:
            time.sleep(wait_s)  # noqa: TID251 - the requested latency

    def apply(self, run: Callable[[], Response], *, fail: Callable[[Effect], Response]) -> Response:
        """Run the call, unless it fails before. `fail` makes the response to a failure, or raises an error."""
        fails = self.drop or self.status or self.code
        if not (fails and self.when == "before"):
            response = run()
        if fails:
            return Response(0, b"", dropped=True) if self.drop else fail(self)
        if self.garbled:
            return replace(GARBLES[self.garbled](response), outcome=f"garbled {self.garbled}")
        return response


NO_EFFECT = Effect()
