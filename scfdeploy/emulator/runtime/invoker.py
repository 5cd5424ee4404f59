"""Runs invocations: takes a warm instance or starts one, and converts what it answers to an outcome."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from math import inf
from typing import Any

from scfdeploy.emulator.messages import CloudError, Json, Request, Response, ServerNotice
from scfdeploy.emulator.runtime.child import READY, Child, Guardian, Reply
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.concurrency import Burst, Concurrency
from scfdeploy.emulator.runtime.debugger import debug_port
from scfdeploy.emulator.runtime.environment import call_variables, context
from scfdeploy.emulator.runtime.images import ImageRunner
from scfdeploy.emulator.runtime.invocation import SUCCESS, Invocation, Outcome, failed
from scfdeploy.emulator.runtime.launcher import CodeError, Launch, Launcher
from scfdeploy.emulator.runtime.memory import MemoryLimiter, MemoryWatch
from scfdeploy.emulator.runtime.pool import Instance, InstanceKey, InstancePool, end_all, ends_instance, instance_key
from scfdeploy.emulator.runtime.sandbox import WROTE_TO_CODE, start_problem
from scfdeploy.emulator.runtime.web import WebRunner
from scfdeploy.emulator.settings import Debugging
from scfdeploy.facts import delivery_value, limit

_BURST = 429
_EXCEPTION = 430
_NO_LIMIT = 1 << 62


class Invoker:
    """All running functions of one server. Thread-safe.

    `now` is the time of invocations, and `is_code_stored` whether a zip is the code of a version. See `Launcher` for
    `notify` and `interpreter_setting`.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        *,
        notify: Callable[[str, ServerNotice], None] = lambda _function, _notice: None,
        interpreter_setting: Callable[[], str] = str,
        is_code_stored: Callable[[str], bool] = lambda _sha256: True,
        debugging: Debugging = Debugging(),  # noqa: B008 - frozen
    ) -> None:
        self.cache = CodeCache(is_code_stored)
        self.concurrency = Concurrency()
        self._guardian = Guardian(self.cache.root)
        self.images = ImageRunner(now, self._guardian)
        self.launcher = Launcher(
            self.cache, notify=notify, interpreter_setting=interpreter_setting, debugging=debugging
        )
        self._memory = MemoryLimiter()
        self._burst = Burst(now)
        self.web = WebRunner(
            self.cache, self.launcher, self._memory, self._guardian, now, refuse_start=self._burst.start
        )
        self._pool: InstancePool[Instance] = InstancePool(now)
        self._lock = threading.Lock()
        self._running: dict[Child, str] = {}
        self._cancelled: dict[str, bool] = {}
        self._threads: set[threading.Thread] = set()
        self._stopped = False

    def run(self, invocation: Invocation) -> Outcome:
        """Run a handler and wait for its end. Raises CloudError if this machine cannot run its language."""
        try:
            return self._run(invocation)
        finally:
            with self._lock:
                self._cancelled.pop(invocation.request_id, None)

    def _run(self, invocation: Invocation) -> Outcome:
        if invocation.version["ImageConfig"] is not None:
            return self.images.run(invocation)
        key = instance_key(invocation)
        instance = self._pool.take(key)
        if instance is not None:
            with _ended_after_error(instance):
                instance.child.thaw()
                return self._call(instance, invocation, "")
        refusal = self._burst.start(invocation)
        if refusal:
            return failed(_BURST, refusal)
        setup = b""

        def start() -> Instance:
            nonlocal setup
            launch = self.launcher.prepare(invocation)
            setup = _line(launch.setup)
            return self._start(key, launch)

        try:
            instance = self._pool.start(key, start)
        except CodeError as error:
            return failed(437, str(error))
        with _ended_after_error(instance):
            return self._load(instance, invocation, setup)

    def _start(self, key: InstanceKey, launch: Launch) -> Instance:
        sandbox = launch.sandbox
        try:
            child = Child(
                launch.command,
                environment=launch.environment,
                folder=sandbox.folder,
                guardian=self._guardian,
                marker=sandbox.marker,
            )
        except OSError as error:
            sandbox.close()
            message = f"The process of the function could not be started: {error}"
            raise CloudError("FailedOperation.InvokeFunction", message) from error
        return Instance(key, child, sandbox)

    def serve(self, invocation: Invocation, request: Request) -> tuple[Response, str]:
        """The response of a web function, and its output.

        Raises WebError if there is no response, and CloudError if this machine cannot run the function.
        """
        runner = self.web if invocation.version["ImageConfig"] is None else self.images
        return runner.serve(invocation, request)

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
        # A process that was about to start has started another guardian.
        self._guardian.close()

    def kill(self) -> None:
        """End every process, running or about to start."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for child in running:
            child.kill()
        self._pool.close()
        self.images.kill()
        self.web.kill()
        self._guardian.close()

    def recycle(self) -> None:
        """End all idle instances, and each busy one after its call."""
        for pool in self._pools():
            pool.recycle()

    def end_expired(self) -> None:
        """End the instances that were idle for too long. Called after the time of invocations moved."""
        for pool in self._pools():
            pool.end_expired()

    def retire(self, function_id: str, version: str = "") -> None:
        """End the instances of a function that changed or is deleted, or of one version; busy ones after their call."""
        # The next instance may need the folder or the port of a debugged one, so these end now.
        for pool in (self._pool, self.web.pool):
            end_all(pool.withdraw(function_id, version))
        containers = self.images.pool.withdraw(function_id, version)
        if containers:
            # The end of a container takes seconds, and the caller holds the store.
            self.run_in_background(lambda: end_all(containers))

    def cancel(self, request_id: str, *, now: bool) -> None:
        """End the process of a request: with SIGTERM, and SIGKILL after the grace time; or with SIGKILL `now`.

        A process that is about to start ends as soon as it has started.
        """
        self.images.cancel(request_id, now=now)
        with self._lock:
            self._cancelled[request_id] = now
            children = [child for child, running_id in self._running.items() if running_id == request_id]
        for child in children:
            _end(child, now=now)

    def _pools(self) -> tuple[InstancePool[Any], ...]:
        return self._pool, self.images.pool, self.web.pool

    def _is_debugged(self, invocation: Invocation) -> bool:
        return debug_port(self.launcher.debugging, invocation) is not None

    def _join(self, deadline: float) -> None:
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _load(self, instance: Instance, invocation: Invocation, setup: bytes) -> Outcome:
        """Load the code in a new instance, and serve its first call."""
        limit_s = inf if self._is_debugged(invocation) else invocation.version["InitTimeout"]
        with self._running_call(instance.child, invocation) as memory:
            start = time.monotonic()
            reply = instance.child.exchange(setup, limit_s)
        output = instance.child.take_output()
        if reply.report == READY:
            return self._call(instance, invocation, output)
        output += instance.end()
        problem = start_problem(reply.exit_code, output)
        if problem:
            message = f"The process of the function could not be started: {problem}"
            raise CloudError("FailedOperation.InvokeFunction", message)
        if reply.timed_out:
            return failed(450, f"Initialising the function timed out after {limit_s} seconds", output=output)
        elapsed_ms = (time.monotonic() - start) * 1000
        return _outcome(invocation, reply, output, elapsed_ms, memory.exceeded_bytes).with_paths(
            instance.sandbox.visible_path
        )

    def _call(self, instance: Instance, invocation: Invocation, output: str) -> Outcome:
        """Serve a call, and keep the instance for the next one if the platform would."""
        is_debugged = self._is_debugged(invocation)
        limit_s = inf if is_debugged else invocation.version["Timeout"]
        with self._running_call(instance.child, invocation) as memory:
            start = time.monotonic()
            reply = instance.child.exchange(_call_line(invocation), limit_s)
            elapsed_ms = (time.monotonic() - start) * 1000
        if not is_debugged:
            instance.child.freeze()
        output += instance.child.take_output()
        if reply.timed_out:
            instance.end()
            message = f"Invoking task timed out after {limit_s} seconds"
            return failed(433, message, output=output, duration_ms=limit_s * 1000)
        outcome = _outcome(invocation, reply, output, elapsed_ms, memory.exceeded_bytes)
        has_written = instance.sandbox.code_has_changed()
        if has_written:
            usage: Json = {"duration_ms": outcome.duration_ms, "memory_bytes": outcome.memory_bytes}
            outcome = failed(_EXCEPTION, WROTE_TO_CODE, output=output, **usage)
        # A cancelled instance that answered would still be killed at the end of the grace time, in a later call.
        is_cancelled = invocation.request_id in self._cancelled
        is_whole = reply.report.endswith(b"\n")
        if is_cancelled or has_written or ends_instance(invocation, outcome.status) or not is_whole:
            instance.end()
        else:
            self._pool.put(instance)
        return outcome.with_paths(instance.sandbox.visible_path)

    @contextlib.contextmanager
    def _running_call(self, child: Child, invocation: Invocation) -> Iterator[MemoryWatch]:
        with self._lock:
            self._running[child] = invocation.request_id
            if self._stopped:
                child.kill()
            elif invocation.request_id in self._cancelled:
                _end(child, now=self._cancelled[invocation.request_id])
        try:
            limit_bytes = _NO_LIMIT if self._is_debugged(invocation) else invocation.version["MemorySize"] << 20
            with self._memory.watch(child.pid, limit_bytes, child.kill) as watch:
                yield watch
        finally:
            with self._lock:
                del self._running[child]


@contextlib.contextmanager
def _ended_after_error(instance: Instance) -> Iterator[None]:
    """End an instance if this program fails while it serves."""
    try:
        yield
    except BaseException:
        instance.end()
        raise


def _end(child: Child, *, now: bool) -> None:
    if now:
        child.kill()
    else:
        child.terminate(delivery_value("scf", "cancel.grace_ms") / 1000)


def _call_line(invocation: Invocation) -> bytes:
    # Line ends are white space in JSON.
    event = (invocation.event or "{}").replace("\n", " ").replace("\r", " ")
    rest = {"context": context(invocation), "variables": call_variables(invocation)}
    # Halves of surrogate pairs have no bytes in UTF-8. Their replacements are escapes of JSON too.
    return f'{{"event":{event},{json.dumps(rest)[1:]}\n'.encode("utf-8", "backslashreplace")


def _line(content: Json) -> bytes:
    return json.dumps(content).encode() + b"\n"


def _outcome(invocation: Invocation, reply: Reply, output: str, elapsed_ms: float, exceeded_bytes: int) -> Outcome:
    """The outcome of a call. `exceeded_bytes` is what the process used when it was ended for using too much."""
    memory_mb = invocation.version["MemorySize"]
    too_much = f"the function used more than its {memory_mb} MB"
    if exceeded_bytes:
        return failed(434, too_much, output=output, duration_ms=elapsed_ms, memory_bytes=exceeded_bytes)
    report = _parse(reply.report)
    if report is None and len(reply.report) > limit("event.sync_max_bytes"):
        return failed(407, "the returned value is larger than 6 MB", output=output, duration_ms=elapsed_ms)
    if report is None:
        message = f"the process ended with the exit code {reply.exit_code} before it returned"
        return failed(439, message, output=output, duration_ms=elapsed_ms)
    memory_bytes = int(report["memory_bytes"])
    duration_ms, returned = float(report.get("duration_ms", 0)), report.get("returned", "")
    usage: Json = {"output": output, "duration_ms": duration_ms, "memory_bytes": memory_bytes}
    if memory_bytes > memory_mb * 1024 * 1024:
        return failed(434, too_much, **usage)
    if len(returned.encode("utf-8", "surrogatepass")) > limit("event.sync_max_bytes"):
        return failed(407, "the returned value is larger than 6 MB", **usage)
    error = {} if report["status"] == SUCCESS else report["error"]
    return Outcome(report["status"], returned, error, **usage)


def _parse(report: bytes) -> Json | None:
    # Without a line end the function ended its process during the report.
    if not report.endswith(b"\n"):
        return None
    content: Json = json.loads(report)
    return content
