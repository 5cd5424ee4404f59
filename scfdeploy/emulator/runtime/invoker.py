"""Runs invocations: unpacks the code, starts the process, and converts the way it ended to an outcome."""

from __future__ import annotations

import json
import threading
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime.child import Child, ChildResult
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.environment import context, variables
from scfdeploy.emulator.runtime.interpreters import bootstrap_command
from scfdeploy.emulator.runtime.invocation import SUCCESS, Invocation, Outcome, failed
from scfdeploy.emulator.runtime.web import WebRunner
from scfdeploy.facts import delivery_value, limit


class Invoker:
    """All running functions of one server. Thread-safe."""

    def __init__(self) -> None:
        self.cache = CodeCache()
        self.web = WebRunner(self.cache)
        self._lock = threading.Lock()
        self._running: dict[Child, str] = {}
        self._threads: set[threading.Thread] = set()
        self._stopped = False

    def run(self, invocation: Invocation) -> Outcome:
        """Run a handler and wait for its end. Raises CloudError if this machine cannot run its language."""
        command = bootstrap_command(invocation.version["Runtime"])
        try:
            folder = self.cache.folder(invocation.version["blob"], invocation.code)
            opt = self.cache.layers(invocation.layers)
        except (ValueError, zipfile.BadZipFile, OSError) as error:
            return failed(437, f"the code could not be unpacked: {error}")
        request = self._write_request(invocation, folder, opt)
        start = time.monotonic()
        try:
            environment = variables(invocation, folder, self.cache.home(), opt)
            child = Child(command, request=request, environment=environment, folder=folder)
            result = self._finish(child, invocation)
        finally:
            request.unlink(missing_ok=True)
        return _outcome(invocation, result, elapsed_ms=(time.monotonic() - start) * 1000)

    def run_in_background(self, task: Callable[[], object]) -> None:
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
        """Wait up to `wait_s` for background tasks, then end every process, running or about to start."""
        self._join(time.monotonic() + wait_s)
        self.kill()
        # A task whose process was killed still records the outcome.
        self._join(time.monotonic() + wait_s)

    def kill(self) -> None:
        """End every process, running or about to start."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            child.kill()
        self.web.kill()

    def cancel(self, request_id: str, *, now: bool) -> None:
        """End the process of a request: with SIGTERM, and SIGKILL after the grace time; or with SIGKILL `now`."""
        with self._lock:
            children = [child for child, running_id in self._running.items() if running_id == request_id]
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

    def _finish(self, child: Child, invocation: Invocation) -> ChildResult:
        with self._lock:
            self._running[child] = invocation.request_id
            if self._stopped:
                child.kill()
        try:
            return child.finish(load_s=invocation.version["InitTimeout"], run_s=invocation.version["Timeout"])
        finally:
            with self._lock:
                del self._running[child]

    def _write_request(self, invocation: Invocation, folder: Path, opt: Path | None) -> Path:
        path = self.cache.root() / f"{uuid.uuid4().hex}.json"
        content = {
            "handler": invocation.version["Handler"],
            "root": str(folder),
            "opt": str(opt or ""),
            "event": json.loads(invocation.event or "{}"),
            "context": context(invocation),
        }
        path.write_text(json.dumps(content), "utf-8")
        return path


def _outcome(invocation: Invocation, result: ChildResult, *, elapsed_ms: float) -> Outcome:
    if result.timed_out:
        return _timeout_outcome(invocation, result)
    report = _parse(result.report)
    if report is None and len(result.report) > limit("event.sync_max_bytes"):
        return failed(407, "the returned value is larger than 6 MB", output=result.output, duration_ms=elapsed_ms)
    if report is None:
        message = f"the process ended with the exit code {result.exit_code} before it returned"
        return failed(439, message, output=result.output, duration_ms=elapsed_ms)
    memory_bytes, memory_mb = int(report["memory_bytes"]), invocation.version["MemorySize"]
    duration_ms, returned = float(report.get("duration_ms", 0)), report.get("returned", "")
    usage: Json = {"output": result.output, "duration_ms": duration_ms, "memory_bytes": memory_bytes}
    if memory_bytes > memory_mb * 1024 * 1024:
        return failed(434, f"the function used more than its {memory_mb} MB", **usage)
    if len(returned.encode()) > limit("event.sync_max_bytes"):
        return failed(407, "the returned value is larger than 6 MB", **usage)
    error = {} if report["status"] == SUCCESS else report["error"]
    return Outcome(report["status"], returned, error, **usage)


def _timeout_outcome(invocation: Invocation, result: ChildResult) -> Outcome:
    if result.loaded:
        seconds = invocation.version["Timeout"]
        message = f"Invoking task timed out after {seconds} seconds"
        return failed(433, message, output=result.output, duration_ms=seconds * 1000)
    seconds = invocation.version["InitTimeout"]
    return failed(450, f"Initialising the function timed out after {seconds} seconds", output=result.output)


def _parse(report: bytes) -> Json | None:
    # Without a line end the function ended its process during the report.
    if not report.endswith(b"\n"):
        return None
    content: Json = json.loads(report)
    return content
