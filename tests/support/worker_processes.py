"""A plugin of pytest: `--workers N` collects the tests once, and runs them in N processes forked from this one.

Each worker of pytest-xdist imports and collects all tests by itself; with thousands of small tests that takes longer
than running them. What a worker reports reaches the hooks of this process, as with pytest-xdist.

    worker to main process  ("want",) | ("start", INDEX) | ("warning", DATA…) | ("reports", REPORTS) |
                            ("finish", INDEX, REPORTS) | ("end", REASON)
    main process to worker  the indices of the tests to run next; an empty list ends the worker
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, NoReturn

import pytest

# Slow tests first: at the end, small ones keep all workers busy until the last moment.
_SLOW = ("tests/e2e/", "tests/reliability/", "tests/functional/", "tests/properties/", "tests/architecture/")
_AT_ONCE = 8
_LOOK_AGAIN_S = 0.5
_MAY_END_FOR_S = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--workers", metavar="N", type=int, default=0, help="run the tests in N processes forked after collection"
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--workers") < 1:
        return
    # Coverage is written at the end of an interpreter, which these workers do not have.
    if config.pluginmanager.has_plugin("_cov") or config.getoption("numprocesses", None):
        raise pytest.UsageError("--workers goes neither with --cov nor with -n: use -n with --cov")
    if config.getoption("usepdb") or config.getoption("trace"):
        raise pytest.UsageError("--workers does not go with --pdb and --trace: workers share one terminal")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    # What is collected stays, and a sixth of the time is for looking whether some of it is garbage.
    if session.config.getoption("--workers") < 1:
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    number: int = session.config.getoption("--workers")
    failed = session.testsfailed and not session.config.option.continue_on_collection_errors
    if number < 1 or failed or session.config.option.collectonly:
        return None
    if threading.active_count() > 1:
        raise pytest.UsageError(f"--workers cannot fork beside threads: {threading.enumerate()}")
    # Collected tests live until the end: no collection of garbage has to look at them again.
    gc.collect()
    gc.freeze()
    _Run(session, number).run()
    return True


@dataclass(eq=False)
class _Worker:
    """One process; `taken` are the indices of tests that it has not finished, and `status` says how it ended.

    `gateway` and `workerinfo` are what pytest itself shows of a worker of pytest-xdist.
    """

    id: str
    pid: int
    reports: Connection[Any, Any]
    orders: Connection[Any, Any]
    taken: deque[int] = field(default_factory=deque)
    running: int | None = None
    status: int | None = None

    @property
    def ends(self) -> tuple[Connection[Any, Any], Connection[Any, Any]]:
        """What the main process has of it."""
        return self.reports, self.orders

    def has_ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def wait(self) -> int:
        """Wait for the end; returns the exit code, or minus the signal."""
        if self.status is None:
            _, self.status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(self.status)

    @property
    def gateway(self) -> _Worker:
        return self

    @property
    def workerinfo(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "version_info": sys.version_info,
            "sysplatform": sys.platform,
            "executable": sys.executable,
        }


class _Run:
    """All tests of a session, given to workers that ask for more."""

    def __init__(self, session: pytest.Session, number: int) -> None:
        self._session = session
        self._hook = session.config.hook
        self._number = min(number, len(session.items))
        self._waiting = deque(_batches(session.items))
        self._workers: dict[Connection[Any, Any], _Worker] = {}
        self._started = 0
        self._finished = 0

    def run(self) -> None:
        reporter = self._session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.showfspath = False
        # Made here, so that the folders of all workers are in one.
        self._session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        try:
            for _ in range(self._number):
                self._start()
            while self._workers:
                ready = wait(list(self._workers), _LOOK_AGAIN_S)
                for connection in ready:
                    self._receive(self._workers[connection])  # type: ignore[index]
                if not ready:
                    self._find_dead()
        finally:
            self._interrupt()
        if self._session.shouldfail:
            raise self._session.Failed(self._session.shouldfail)
        if self._session.shouldstop:
            raise self._session.Interrupted(self._session.shouldstop)
        if self._finished < len(self._session.items):
            raise RuntimeError(f"only {self._finished} of {len(self._session.items)} tests ran")

    def _interrupt(self) -> None:
        """End the workers that still run: a test may ignore the interrupt, and is killed then."""
        for worker in self._workers.values():
            if worker.status is None:
                os.kill(worker.pid, signal.SIGINT)
        last = time.monotonic() + _MAY_END_FOR_S
        for worker in self._workers.values():
            while not worker.has_ended() and time.monotonic() < last:
                threading.Event().wait(0.01)
            if not worker.has_ended():
                os.kill(worker.pid, signal.SIGKILL)
                worker.wait()

    def _start(self) -> None:
        name = f"w{self._started}"
        self._started += 1
        reports, to_us = Pipe(duplex=False)
        from_us, orders = Pipe(duplex=False)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            # A worker learns that the main process has gone when nobody else has the other ends.
            for connection in (reports, orders, *(end for one in self._workers.values() for end in one.ends)):
                connection.close()
            _work(self._session, name, to_us, from_us)
        to_us.close()
        from_us.close()
        self._workers[reports] = _Worker(name, pid, reports, orders)

    def _receive(self, worker: _Worker) -> None:
        try:
            kind, *content = worker.reports.recv()
        except (EOFError, OSError):  # the latter in the middle of a message
            kind, content = "death", []
        if kind == "death":
            self._died(worker)
        elif kind == "want":
            self._give(worker)
        elif kind == "start":
            worker.running = content[0]
            item = self._session.items[content[0]]
            self._hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        elif kind == "reports":
            self._report(worker, content[0])
        elif kind == "finish":
            self._report(worker, content[1])
            worker.taken.remove(content[0])
            worker.running = None
            self._finished += 1
            item = self._session.items[content[0]]
            self._hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        elif kind == "warning":
            text, category, file, line, when, nodeid, location = content
            message = warnings.WarningMessage(text, category, file, line)
            self._hook.pytest_warning_recorded.call_historic(
                kwargs={"warning_message": message, "when": when, "nodeid": nodeid, "location": location}
            )
        else:
            self._end(worker)
            worker.wait()
            if content[0] is not None and not self._session.shouldstop:
                self._session.shouldstop = content[0] or "ended by a test"

    def _give(self, worker: _Worker) -> None:
        stop = self._session.shouldfail or self._session.shouldstop
        batch = [] if stop or not self._waiting else self._waiting.popleft()
        worker.taken.extend(batch)
        worker.orders.send(batch)

    def _report(self, worker: _Worker, reports: Sequence[dict[str, Any]]) -> None:
        for data in reports:
            report = self._hook.pytest_report_from_serializable(config=self._session.config, data=data)
            # By this, pytest knows that tests run side by side.
            report.node = worker
            self._hook.pytest_runtest_logreport(report=report)

    def _find_dead(self) -> None:
        """A process that a test left behind may hold the connection of a worker that is gone."""
        for worker in list(self._workers.values()):
            if worker.has_ended() and not worker.reports.poll():
                self._died(worker)

    def _died(self, worker: _Worker) -> None:
        """Report the test that a worker ran when it died; another worker does the rest."""
        self._end(worker)
        code = worker.wait()
        if worker.running is None:
            raise RuntimeError(f"worker {worker.id} ended with {code} between tests")
        worker.taken.remove(worker.running)
        self._finished += 1
        item = self._session.items[worker.running]
        report = pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="failed",
            longrepr=f"worker {worker.id} ended with {code} in {item.nodeid}",
            when="call",
        )
        self._hook.pytest_runtest_logreport(report=report)
        if self._session.shouldfail or self._session.shouldstop:
            return
        if worker.taken:
            self._waiting.appendleft(list(worker.taken))
        self._start()

    def _end(self, worker: _Worker) -> None:
        del self._workers[worker.reports]
        for connection in worker.ends:
            connection.close()


def _batches(items: Sequence[pytest.Item]) -> Iterator[list[int]]:
    """Indices of tests that one worker runs: a few of a file, or all where they share a fixture of the file."""
    files = [list(indices) for _, indices in groupby(range(len(items)), lambda index: items[index].path)]
    for indices in sorted(files, key=lambda indices: _rank(items[indices[0]].nodeid)):
        size = len(indices) if any(_shares(items[index]) for index in indices) else _AT_ONCE
        for first in range(0, len(indices), size):
            yield indices[first : first + size]


def _rank(nodeid: str) -> int:
    return next((rank for rank, folder in enumerate(_SLOW) if nodeid.startswith(folder)), len(_SLOW))


def _shares(item: pytest.Item) -> bool:
    """Whether a test has a fixture that is made once for its module or class, other than those of every test."""
    info = getattr(item, "_fixtureinfo", None)
    found = info.name2fixturedefs.values() if info else ()
    return any(one.scope in ("module", "class") and one.baseid != "tests" for defs in found for one in defs)


def _work(session: pytest.Session, name: str, reports: Connection[Any, Any], orders: Connection[Any, Any]) -> NoReturn:
    """Be a worker, until there are no more tests."""
    reason = None
    # What the main process does at its end is not for this one.
    atexit._clear()
    # Tests leave little garbage, and look for it themselves where it matters.
    gc.set_threshold(50_000, 20, 50)
    os.environ["PYTEST_WORKER"] = name
    try:
        config = session.config
        config.pluginmanager.unregister(name="terminalreporter")
        sender = _Sender(config, reports)
        config.pluginmanager.register(sender)
        capture: Any = config.pluginmanager.get_plugin("capturemanager")
        # What is captured goes to files, and the main process has the same ones open.
        capture.stop_global_capturing()
        capture.start_global_capturing()
        folder = config._tmp_path_factory.getbasetemp() / name  # type: ignore[attr-defined]
        folder.mkdir(mode=0o700)
        config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
        try:
            _run_tests(session, sender, reports, orders)
        finally:
            session._setupstate.teardown_exact(None)
    except (KeyboardInterrupt, EOFError):
        reason = "interrupted"
    except pytest.exit.Exception as end:
        reason = str(end)
    except BaseException:  # noqa: BLE001 - the end of a process
        reason = traceback.format_exc()
    atexit._run_exitfuncs()
    with suppress(OSError):
        reports.send(("end", reason))
    os._exit(0)


def _run_tests(
    session: pytest.Session, sender: _Sender, reports: Connection[Any, Any], orders: Connection[Any, Any]
) -> None:
    indices: deque[int] = deque()

    def take() -> None:
        reports.send(("want",))
        indices.extend(orders.recv())

    take()
    while indices and not (session.shouldfail or session.shouldstop):
        index = indices.popleft()
        if not indices:
            # Fixtures that the next test shares with this one stay.
            take()
        reports.send(("start", index))
        following = session.items[indices[0]] if indices else None
        try:
            session.config.hook.pytest_runtest_protocol(item=session.items[index], nextitem=following)
        except BaseException:
            reports.send(("reports", sender.take()))
            raise
        # One message for what a test reports: with thousands of small tests, messages take as long as the tests.
        reports.send(("finish", index, sender.take()))


class _Sender:
    """What a worker tells of its tests."""

    def __init__(self, config: pytest.Config, reports: Connection[Any, Any]) -> None:
        self._config = config
        self._reports = reports
        self._waiting: list[dict[str, Any]] = []

    def take(self) -> list[dict[str, Any]]:
        """The reports since the last time."""
        taken, self._waiting = self._waiting, []
        return taken

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._waiting.append(self._config.hook.pytest_report_to_serializable(config=self._config, report=report))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: tuple[str, int, str] | None
    ) -> None:
        one = warning_message
        self._reports.send(
            ("warning", str(one.message), one.category, one.filename, one.lineno, when, nodeid, location)
        )
