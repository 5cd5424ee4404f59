"""A local server that kills its own process at one transaction of its database, before or after the commit.

What is between two transactions is lost in the same way at either of them.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.http_server import HttpServer
from scfdeploy.emulator.store.database import Store
from tests.support.emulator import Cloud

# A server imports them when it is made: here they are loaded once, before processes are forked.
assert EmulatorApp
assert HttpServer

_FAILING = {"index.py": "def main(event, context):\n    raise KeyError('customer')\n"}
_EVENTS = 2


def deliver_failing_events(data: str, point: int, when: str) -> int:
    """Accept two events of a function that fails, until both are in the dead letter queue or the server is killed.

    Prints the request id of each accepted event, then `done` and the number of transactions. `point` 0 kills at none.
    """
    count, is_armed = 0, False
    transaction = Store.exclusive

    @contextmanager
    def exclusive(self: Store, *, writes: bool) -> Iterator[None]:
        nonlocal count
        if not writes or not is_armed:
            with transaction(self, writes=writes):
                yield
            return
        count += 1
        with transaction(self, writes=writes):
            yield
            if count == point and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    Store.exclusive = exclusive  # type: ignore[method-assign]
    with Server(Path(data), settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", _FAILING, DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "dead"})
        is_armed = True
        for number in range(_EVENTS):
            sent = cloud.call("Invoke", FunctionName="orders", InvocationType="Event", ClientContext=json.dumps(number))
            print(sent["Result"]["FunctionRequestId"], flush=True)
        cloud.control("clock", {"until": "idle"})
        is_armed = False
        print("done", count, flush=True)
    return 0
