"""Runs work: unpacks its code, starts its process, and turns the way it ended into an outcome."""

from __future__ import annotations

import json
import threading
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime.child import Child, Ended
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.environment import context, variables
from scfdeploy.emulator.runtime.languages import command
from scfdeploy.emulator.runtime.web import WebRunner
from scfdeploy.emulator.runtime.work import SUCCESS, Outcome, Work, failed
from scfdeploy.facts import delivery_value, limit


class Invoker:
    """All functions that run on one server. Safe to use from many threads."""

    def __init__(self) -> None:
        self.cache = CodeCache()
        self.web = WebRunner(self.cache)
        self._lock = threading.Lock()
        self._running: dict[Child, str] = {}
        self._threads: set[threading.Thread] = set()
        self._stopped = False

    def run(self, work: Work) -> Outcome:
        """Run a handler to its end. Raises CloudError when this machine cannot run its language at all."""
        start = command(work.version["Runtime"])
        try:
            folder = self.cache.folder(work.version["blob"], work.code)
            opt = self.cache.layers(work.layers)
        except (ValueError, zipfile.BadZipFile, OSError) as error:
            return failed(437, f"the code could not be unpacked: {error}")
        request = self._request_file(work, folder, opt)
        began = time.monotonic()
        try:
            child = Child(
                start, request=request, environment=variables(work, folder, self.cache.home(), opt), folder=folder
            )
            ended = self._watched(child, work)
        finally:
            request.unlink(missing_ok=True)
        return _outcome(work, ended, spent_ms=(time.monotonic() - began) * 1000)

    def in_background(self, task: Callable[[], None]) -> None:
        """Run a task in a thread that `stop` waits for."""

        def run() -> None:
            try:
                task()
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def stop(self, *, wait_s: float) -> None:
        """Let background tasks end for a while, then end every process, running or about to."""
        deadline = time.monotonic() + wait_s
        self._join(deadline)
        self.kill()
        # A killed process ends its task, and the task still notes what became of it.
        self._join(time.monotonic() + wait_s)

    def kill(self) -> None:
        """End every process, running or about to."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            child.kill()
        self.web.kill()

    def cancel(self, request_id: str, *, now: bool) -> None:
        """End the process of a request: with SIGTERM, and SIGKILL after the grace time; or with SIGKILL `now`."""
        with self._lock:
            children = [child for child, running in self._running.items() if running == request_id]
        for child in children:
            if now:
                child.kill()
            else:
                child.terminate(delivery_value("scf", "cancel.grace_ms") / 1000)

    def _join(self, deadline: float) -> None:
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _watched(self, child: Child, work: Work) -> Ended:
        with self._lock:
            self._running[child] = work.request_id
            if self._stopped:
                child.kill()
        try:
            return child.finish(load_s=work.version["InitTimeout"], run_s=work.version["Timeout"])
        finally:
            with self._lock:
                del self._running[child]

    def _request_file(self, work: Work, folder: Path, opt: Path | None) -> Path:
        path = self.cache.root() / f"{uuid.uuid4().hex}.json"
        content = {
            "handler": work.version["Handler"],
            "root": str(folder),
            "opt": str(opt or ""),
            "event": json.loads(work.event or "{}"),
            "context": context(work),
        }
        path.write_text(json.dumps(content), "utf-8")
        return path


def _outcome(work: Work, ended: Ended, *, spent_ms: float) -> Outcome:
    if ended.late:
        return _late(work, ended)
    report = _parsed(ended.report)
    if report is None and len(ended.report) > limit("event.sync_max_bytes"):
        return failed(407, "the returned value is larger than 6 MB", output=ended.output, duration_ms=spent_ms)
    if report is None:
        message = f"the process ended with the exit code {ended.exit_code} before it returned"
        return failed(439, message, output=ended.output, duration_ms=spent_ms)
    memory = int(report["memory_bytes"])
    duration_ms = float(report.get("duration_ms", 0))
    if memory > work.version["MemorySize"] * 1024 * 1024:
        message = f"the function used more than its {work.version['MemorySize']} MB"
        return failed(434, message, output=ended.output, duration_ms=duration_ms, memory_bytes=memory)
    if len(report.get("returned", "").encode()) > limit("event.sync_max_bytes"):
        message = "the returned value is larger than 6 MB"
        return failed(407, message, output=ended.output, duration_ms=duration_ms, memory_bytes=memory)
    error = {} if report["status"] == SUCCESS else report["error"]
    return Outcome(report["status"], report.get("returned", ""), error, ended.output, duration_ms, memory)


def _late(work: Work, ended: Ended) -> Outcome:
    seconds = work.version["Timeout"] if ended.loaded else work.version["InitTimeout"]
    if ended.loaded:
        message = f"Invoking task timed out after {seconds} seconds"
        return failed(433, message, output=ended.output, duration_ms=seconds * 1000)
    return failed(450, f"Initialising the function timed out after {seconds} seconds", output=ended.output)


def _parsed(report: bytes) -> Json | None:
    # The function may have killed itself in the middle of its report.
    if not report.endswith(b"\n"):
        return None
    found: Json = json.loads(report)
    return found
