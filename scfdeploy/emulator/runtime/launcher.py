"""What the process of an instance starts with: its folders, its interpreter and its environment."""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scfdeploy.emulator.messages import CloudError, IsolationError, Json, ServerNotice
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.debugger import debug_port, folder_name, prepare_debugger
from scfdeploy.emulator.runtime.environment import hidden_variables, variables
from scfdeploy.emulator.runtime.interpreters import (
    Interpreter,
    Interpreters,
    bootstrap_command,
    library_path,
    own_python,
    with_local_interpreters,
)
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.sandbox import NAMESPACE, Sandbox, Sandboxes
from scfdeploy.emulator.settings import Debugging
from scfdeploy.facts import limit, runtime

_ALL_FUNCTIONS = ""
_CUSTOM_PROGRAM = "bootstrap"


class CodeError(Exception):
    """The code or a layer could not be unpacked."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How the process of an event function is started. `sandbox` must be closed after its end."""

    sandbox: Sandbox
    command: list[str]
    environment: dict[str, str]
    setup: Json
    """The first line for the bootstrap."""


@dataclass(frozen=True, slots=True)
class _Program:
    """The program of a bundle. Without a name, the bootstrap itself loads the code."""

    name: str = ""
    protocol: str = ""
    """How it gets calls: `custom` or `go`."""
    copy: Path | None = None
    """Its text with interpreters of this machine; None if it needs no change."""
    interpreters: tuple[Interpreter, ...] = ()


class Launcher:
    """Prepares instances of one server. Thread-safe.

    `notify` receives the key of a function (empty for all) and a notice for the user, such as the isolation in use.
    `interpreter_setting` returns the current text of the setting `interpreters`.
    """

    def __init__(
        self,
        cache: CodeCache,
        *,
        notify: Callable[[str, ServerNotice], None] = lambda _function, _notice: None,
        interpreter_setting: Callable[[], str] = str,
        debugging: Debugging = Debugging(),  # noqa: B008 - frozen
    ) -> None:
        self.debugging = debugging
        self.interpreters = Interpreters(interpreter_setting)
        self._cache = cache
        self._sandboxes = Sandboxes(cache)
        self._notify = notify
        self._lock = threading.Lock()
        self._notified: set[tuple[str, str]] = set()

    def prepare(self, invocation: Invocation) -> Launch:
        """Prepare an instance of an event function.

        Raises CodeError, and CloudError if this machine cannot run it.
        """
        interpreter = self.interpreters.of_runtime(invocation.version["Runtime"])
        command = bootstrap_command(invocation.version["Runtime"], interpreter)
        program = self._program(invocation)
        sandbox = self.open_sandbox(invocation, (interpreter, *program.interpreters))
        # Python outside of the system's folders may need its library's folder, and `enter_namespace.py` is Python.
        start_only = {} if interpreter.program == own_python() else library_path()
        hidden = hidden_variables() | ({} if start_only else library_path())
        # The program of a bundle must not find what only this bootstrap needs.
        programs = [other.program for other in program.interpreters] if program.name else [interpreter.program]
        documented = variables(invocation, sandbox, programs)
        environment = hidden | documented
        if sandbox.isolation == NAMESPACE:
            environment = start_only | environment
        setup: Json = {
            "handler": invocation.version["Handler"],
            "root": sandbox.code,
            "opt": sandbox.opt,
            "hidden": [name for name in hidden if name not in documented],
        }
        unset = [name for name in start_only if name not in documented]
        files = {}
        if program.name:
            setup |= {
                "protocol": program.protocol,
                "name": program.name,
                "program": f"{sandbox.code}/{program.name}",
            }
            if program.copy is not None and sandbox.isolation == NAMESPACE:
                files[setup["program"]] = str(program.copy)
            elif program.copy is not None:
                setup["program"] = str(program.copy)
        port = debug_port(self.debugging, invocation)
        if port is not None:
            sandbox, command, more = prepare_debugger(self.debugging, sandbox, command, port)
            setup |= more
        started = sandbox.command(command, files=files, programs=programs, unset=unset)
        return Launch(sandbox, started, environment, setup)

    def _program(self, invocation: Invocation) -> _Program:
        """The program of the bundle that the bootstrap starts, with interpreters of this machine. Raises CodeError."""
        known = runtime(invocation.version["Runtime"])
        if known is not None and known.language == "go":
            return _Program(invocation.version["Handler"], known.language)
        if known is None or known.language != "custom":
            return _Program()
        code, _ = self.unpack(invocation)
        path = code / _CUSTOM_PROGRAM
        is_script = os.access(path, os.X_OK) and path.is_file() and path.read_bytes()[:2] == b"#!"
        if not is_script:
            return _Program(_CUSTOM_PROGRAM, known.language)
        content = path.read_bytes()
        local = with_local_interpreters(content, self.interpreters, loopback_python_dir=None)
        if local.content == content:
            return _Program(_CUSTOM_PROGRAM, known.language)
        copy = self._cache.file(local.content)
        return _Program(_CUSTOM_PROGRAM, known.language, copy, local.interpreters)

    def open_sandbox(self, invocation: Invocation, interpreters: Sequence[Interpreter]) -> Sandbox:
        """Prepare the folders of an instance, and tell the user once what is not as on the platform.

        Raises CodeError, and CloudError if the isolation does not work here.
        """
        function = f"{invocation.region}/{invocation.function['Namespace']}/{invocation.function['FunctionName']}"
        for interpreter in interpreters:
            self._notify_once(function, interpreter.notice)
        try:
            isolation = self._sandboxes.isolation(invocation.isolation)
        except IsolationError as error:
            message = f"Namespace isolation does not work on this machine: {error}"
            raise CloudError("FailedOperation.InvokeFunction", message) from error
        self._notify_once(_ALL_FUNCTIONS, _notice(isolation))
        if invocation.version.get("InstanceConcurrencyConfig"):
            self._notify_once(function, _one_request(invocation.function["FunctionName"]))
        code, opt = self.unpack(invocation)
        is_debugged = debug_port(self.debugging, invocation) is not None
        sandbox = self._sandboxes.open(
            code,
            opt,
            tmp_mb=invocation.version.get("disk_mb", limit("disk.default_mb")),
            isolation=isolation,
            name=folder_name(invocation.function["Namespace"], invocation.function["FunctionName"])
            if is_debugged
            else "",
        )
        return replace(sandbox, on_close=self._cache.use(invocation.version["blob"]))

    def code_folder(self, function: str, choice: str) -> str:
        """Where the code of a function that is debugged is for its process. `function` is `namespace/name`."""
        return self._sandboxes.code_folder(folder_name(*function.split("/")), self._sandboxes.isolation(choice))

    def choose_isolation(self, choice: str) -> str:
        """The isolation in use, of which `notify` is not called later. Raises IsolationError."""
        isolation = self._sandboxes.isolation(choice)
        with self._lock:
            self._notified.add((_ALL_FUNCTIONS, _notice(isolation)))
        return isolation

    def unpack(self, invocation: Invocation) -> tuple[Path, Path | None]:
        """The folders of the code and of the layers. Raises CodeError."""
        try:
            code = self._cache.folder(invocation.version["blob"], invocation.code)
            return code, self._cache.layers(invocation.layers)
        except (ValueError, zipfile.BadZipFile, OSError) as error:
            raise CodeError(f"the code could not be unpacked: {error}") from error

    def _notify_once(self, function: str, notice: ServerNotice | None) -> None:
        with self._lock:
            if notice is None or (function, notice) in self._notified:
                return
            self._notified.add((function, notice))
        self._notify(function, notice)


def _notice(isolation: str) -> ServerNotice:
    return ServerNotice("Using {mode} isolation.", mode=isolation)


def _one_request(name: str) -> ServerNotice:
    return ServerNotice(
        "{name}: instanceConcurrencyConfig has no effect here; each request that runs has an instance to itself.",
        name=name,
    )
