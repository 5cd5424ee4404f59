"""Web functions: instances of the program `scf_bootstrap`, warm ones first, several at the same time."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.emulator.messages import CloudError, Request, Response
from scfdeploy.emulator.runtime.child import Guardian
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.debugger import debug_port, prepare_web_debugger, without_limits
from scfdeploy.emulator.runtime.environment import variables
from scfdeploy.emulator.runtime.interpreters import Interpreter, library_path, own_python, with_local_interpreters
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.launcher import CodeError, Launcher
from scfdeploy.emulator.runtime.loopback import can_guard
from scfdeploy.emulator.runtime.memory import MemoryLimiter
from scfdeploy.emulator.runtime.pool import InstancePool, ends_instance, instance_key
from scfdeploy.emulator.runtime.sandbox import NAMESPACE, WROTE_TO_CODE, Sandbox, start_problem
from scfdeploy.emulator.runtime.web_instance import BOOTSTRAP, UnguardedError, WebInstance
from scfdeploy.emulator.runtime.web_request import WebError, forward

_CONFINE = Path(__file__).parent / "confine.py"
_BURST, _EXCEPTION, _MEMORY, _NO_CODE, _NO_START = 429, 430, 434, 437, 445


@dataclass(frozen=True, slots=True)
class _StartScript:
    """The start script of a function with interpreters of this machine."""

    path: Path | None
    """A changed copy of the script; None if it needs no change."""
    interpreters: tuple[Interpreter, ...]
    programs: list[str]
    must_be_guarded: bool
    """Whether the interpreters do not keep the program on loopback."""


class WebRunner:
    """Runs web functions. Thread-safe. `now` is the time of invocations.

    `refuse_start` returns why a new instance must not start, or an empty text. `starter` is the script that becomes the
    program, like `confine.py`. `is_guarded` says whether the starter lets the server decide on which addresses the
    program listens; otherwise the interpreters restrict it to loopback.
    """

    def __init__(
        self,
        cache: CodeCache,
        launcher: Launcher,
        memory: MemoryLimiter,
        guardian: Guardian,
        now: Callable[[], float],
        *,
        refuse_start: Callable[[Invocation], str] = lambda _invocation: "",
        starter: Path = _CONFINE,
        is_guarded: bool | None = None,
    ) -> None:
        self._cache = cache
        self._launcher = launcher
        self._memory = memory
        self._guardian = guardian
        self._refuse_start = refuse_start
        self._starter = str(starter)
        self._is_guarded = can_guard() if is_guarded is None else is_guarded
        self.pool: InstancePool[WebInstance] = InstancePool(now)
        self._lock = threading.Lock()
        self._running: set[WebInstance] = set()
        self._stopped = False

    def serve(self, invocation: Invocation, request: Request) -> tuple[Response, str]:
        """The response of the function, and the output of its program.

        Raises WebError if there is no response, and CloudError if this machine cannot run the function.
        """
        key = instance_key(invocation)
        instance = self.pool.take(key) or self.pool.start(key, lambda: self._start(invocation))
        try:
            with self._running_request(instance):
                response = self._respond(instance, invocation, request)
        except WebError as error:
            is_ended = error.status == _EXCEPTION or ends_instance(invocation, error.status)
            is_reusable = instance.is_reusable and not is_ended
            error.output = self._release(instance, is_reusable=is_reusable)
            problem = start_problem(instance.exit_code, error.output)
            if problem:
                raise WebError(_NO_START, f"{BOOTSTRAP} cannot be started: {problem}") from error
            raise
        except UnguardedError:
            # A container often forbids it. From now on, the interpreters keep programs on loopback.
            self._is_guarded = False
            instance.end()
            return self.serve(invocation, request)
        except BaseException:
            instance.end()
            raise
        return response, self._release(instance, is_reusable=instance.is_reusable)

    def kill(self) -> None:
        """End all instances, running or about to start."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for instance in running:
            instance.kill()
        self.pool.close()

    @contextlib.contextmanager
    def _running_request(self, instance: WebInstance) -> Iterator[None]:
        with self._lock:
            self._running.add(instance)
            if self._stopped:
                instance.kill()
        instance.thaw()
        try:
            yield
        finally:
            instance.freeze()
            with self._lock:
                self._running.remove(instance)

    def _respond(self, instance: WebInstance, invocation: Invocation, request: Request) -> Response:
        if instance.is_debugged:
            invocation = without_limits(invocation)
        memory_mb = invocation.version["MemorySize"]
        with self._memory.watch(instance.pid, memory_mb << 20, instance.kill) as memory:
            try:
                address = instance.wait_until_listening(invocation.version["InitTimeout"])
                response = forward(invocation, request, instance.kill, address)
            except WebError as error:
                if not memory.exceeded_bytes:
                    raise
                raise WebError(_MEMORY, f"the function used more than its {memory_mb} MB") from error
        if instance.sandbox.code_has_changed():
            raise WebError(_EXCEPTION, WROTE_TO_CODE)
        return response

    def _release(self, instance: WebInstance, *, is_reusable: bool) -> str:
        """Keep or end an instance after a request, and return the output of the request."""
        output = instance.take_output() if is_reusable else instance.end()
        if is_reusable:
            self.pool.put(instance)
        return instance.sandbox.visible_path(output)

    def _start(self, invocation: Invocation) -> WebInstance:
        refusal = self._refuse_start(invocation)
        if refusal:
            raise WebError(_BURST, refusal)
        try:
            code, _ = self._launcher.unpack(invocation)
        except CodeError as error:
            raise WebError(_NO_CODE, str(error)) from error
        with contextlib.ExitStack() as cleanup:
            port = debug_port(self._launcher.debugging, invocation) if self._is_guarded else None
            script = self._prepare_script(code, is_debugged=port is not None)
            if script.path is not None:
                cleanup.callback(script.path.unlink, missing_ok=True)
            sandbox = self._launcher.open_sandbox(invocation, script.interpreters)
            cleanup.callback(sandbox.close)
            environment = library_path() | variables(invocation, sandbox, [own_python(), *script.programs])
            if port is not None:
                sandbox, more = prepare_web_debugger(self._launcher.debugging, invocation, sandbox, port)
                environment |= more
            ours, theirs = socket.socketpair()
            cleanup.callback(ours.close)
            with theirs:
                try:
                    return WebInstance(
                        instance_key(invocation),
                        self._command(script, sandbox, theirs.fileno()),
                        environment,
                        sandbox,
                        sockets=(ours, theirs),
                        guardian=self._guardian,
                        must_be_guarded=script.must_be_guarded,
                        cleanup=cleanup.pop_all(),
                        debug_port=port,
                    )
                except OSError as error:
                    message = f"The process of the function could not be started: {error}"
                    raise CloudError("FailedOperation.InvokeFunction", message) from error

    def _prepare_script(self, folder: Path, *, is_debugged: bool) -> _StartScript:
        script = folder / BOOTSTRAP
        if not script.is_file():
            raise WebError(_NO_START, f"the bundle has no {BOOTSTRAP}")
        if not os.access(script, os.X_OK):
            raise WebError(_NO_START, f"{BOOTSTRAP} is not executable")
        content = script.read_bytes()
        is_guarded = self._is_guarded
        python_dir = None if is_guarded else self._cache.root() / "python"
        local = with_local_interpreters(
            content, self._launcher.interpreters, loopback_python_dir=python_dir, imports_site=is_debugged
        )
        programs = [interpreter.program for interpreter in local.interpreters]
        if python_dir is not None:
            programs.append(str(python_dir / "bin" / "python"))
        if local.content == content:
            return _StartScript(None, local.interpreters, programs, is_guarded)
        copy = self._cache.root() / f"{BOOTSTRAP}-{uuid.uuid4().hex}"
        copy.write_bytes(local.content)
        copy.chmod(0o755)
        return _StartScript(copy, local.interpreters, programs, is_guarded)

    def _command(self, script: _StartScript, sandbox: Sandbox, socket_fd: int) -> list[str]:
        program, files = f"{sandbox.code}/{BOOTSTRAP}", {}
        if script.path is not None and sandbox.isolation == NAMESPACE:
            files[program] = str(script.path)
        elif script.path is not None:
            program = str(script.path)
        starter = [own_python(), "-I", "-S", "-B", self._starter, str(socket_fd), program]
        return sandbox.command(starter, files=files, programs=script.programs)
