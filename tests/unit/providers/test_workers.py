"""Threads of a pool are used again."""

from __future__ import annotations

import threading

from scfdeploy.providers.workers import Workers

CLIENTS = 4
CALLS = 500


def test_calls_one_after_another_do_not_pile_up_threads() -> None:
    found: set[int] = set()

    def client(pool: Workers) -> None:
        for _ in range(CALLS):
            found.add(pool.submit(threading.get_native_id).result())

    with Workers(name="test") as pool:
        clients = [threading.Thread(target=client, args=(pool,)) for _ in range(CLIENTS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        alive = [thread for thread in threading.enumerate() if thread.name.startswith("test-")]

    assert 1 <= len(alive) <= CLIENTS * 4
    assert len(found) <= CLIENTS * 4


def test_each_of_many_calls_at_once_has_a_thread() -> None:
    """Without a limit no call waits for another one."""
    together = threading.Barrier(20, timeout=30)

    with Workers(name="test") as pool:
        for _ in range(3):
            calls = [pool.submit(together.wait) for _ in range(20)]
            assert sorted(call.result(timeout=30) for call in calls) == list(range(20))


def test_limit_of_threads_is_kept_and_every_call_is_made() -> None:
    with Workers(3, name="test") as pool:
        calls = [pool.submit(threading.get_native_id) for _ in range(200)]
        threads = {call.result(timeout=30) for call in calls}

    assert len(threads) <= 3
