"""Daemon threads, so that a call that hangs does not keep the process from ending."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from queue import SimpleQueue

T = TypeVar("T")


class Workers:
    """A pool of daemon threads, started on demand; `max_threads` None means no limit.

    ThreadPoolExecutor is not used because it waits for all running calls when the process ends.
    """

    def __init__(self, max_threads: int | None = None, *, name: str = "worker") -> None:
        from queue import SimpleQueue

        self._max_threads = max_threads
        self._name = name
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._count = 0

    def submit(self, call: Callable[..., T], *arguments: Any) -> Future[T]:
        """Run a call in a thread; the future gets its result or exception."""
        from concurrent.futures import Future

        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call(*arguments)
            except BaseException as error:  # noqa: BLE001 - raised by the future
                future.set_exception(error)
            else:
                future.set_result(result)

        self._queue.put(run)
        with self._lock:
            if not self._idle.acquire(blocking=False) and (
                self._max_threads is None or self._count < self._max_threads
            ):
                self._count += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._count}", daemon=True).start()
        return future

    def close(self) -> None:
        """End the threads after their current calls, without waiting."""
        for _ in range(self._count):
            self._queue.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        # The first call is the one that started the thread. A thread that took a later one without saying that it is
        # idle would take the call of another idle thread, which would then be forgotten and replaced by a new one.
        call = self._queue.get()
        while call is not None:
            call()
            self._idle.release()
            call = self._queue.get()


_calls: Workers | None = None
_calls_lock = threading.Lock()


def call_within(seconds: float, call: Callable[[], T]) -> T:
    """Return the result of `call`. Raises TimeoutError after this time and abandons the call.

    This also ends calls that no timeout ends, such as a DNS lookup, which in the main thread blocks even signals.
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
