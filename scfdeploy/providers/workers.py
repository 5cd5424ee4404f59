"""Threads that never keep the process alive: what a server holds up must not hold up the end of a command."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from queue import SimpleQueue

T = TypeVar("T")


class Workers:
    """Daemon threads, at most `most` of them (None: as many as there are calls at once), made when they are needed.

    The executor of the standard library waits at the end of the process for every call that is under way.
    """

    def __init__(self, most: int | None = None, *, name: str = "worker") -> None:
        from queue import SimpleQueue

        self._most = most
        self._name = name
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._count = 0

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        """Run a call in one of the threads; the future has what it returned or raised."""
        from concurrent.futures import Future

        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call(*arguments)
            except BaseException as error:  # noqa: BLE001 - whoever waits for the future gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        self._queue.put(run)
        with self._lock:
            if not self._idle.acquire(blocking=False) and (self._most is None or self._count < self._most):
                self._count += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._count}", daemon=True).start()
        return future

    def close(self) -> None:
        """Let the threads end after what they are doing. Waits for nothing."""
        for _ in range(self._count):
            self._queue.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        from queue import Empty

        while True:
            try:
                job = self._queue.get_nowait()
            except Empty:
                self._idle.release()
                job = self._queue.get()
            if job is None:
                return
            job()


_calls: Workers | None = None
_calls_lock = threading.Lock()


def call_within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` gives. Raises TimeoutError when it takes longer, wherever it hangs; it is then left to itself.

    A call that resolves a name or waits for a lock of the system cannot be interrupted in any other way: not by its
    own time limit, and in the main thread not even by a signal.
    """
    global _calls  # noqa: PLW0603 - one set of threads serves the process
    from concurrent.futures import wait

    with _calls_lock:
        if _calls is None:
            _calls = Workers(name="call")
    future = _calls.submit(call)
    if not wait((future,), timeout=seconds).done:
        raise TimeoutError(f"timed out: no complete response within {seconds:.0f} s")
    return future.result()
