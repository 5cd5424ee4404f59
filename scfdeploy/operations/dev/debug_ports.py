"""`dev --inspect`: a port of localhost for the debugger of each function, and the configuration of the editor."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.facts import runtime
from scfdeploy.model import FolderSource, FunctionSpec, Project
from scfdeploy.results.dev import DebuggerReady, Failure

_PYTHON, _NODE = "python", "nodejs"
_FIRST_PORTS = {_PYTHON: 5678, _NODE: 9229}
"""The ports that the debuggers of these languages usually have."""


class DebugPorts:
    """The ports of functions, named as `namespace/name`. Only Python and Node.js functions have one."""

    def __init__(self, debugpy: str = "", *, is_free: Callable[[int], bool] | None = None) -> None:
        """`debugpy` is the folder of that package; empty if there is none."""
        self.debugpy = debugpy
        self._is_free = is_free or _is_free
        self._ports: dict[str, int] = {}
        self._shown: dict[str, Mapping[str, Any]] = {}
        self._reported: set[str] = set()

    def port_of(self, function: str) -> int | None:
        """The port of a function; None if it cannot be debugged."""
        return self._ports.get(function)

    def assign(self, project: Project, folder_of: Callable[[str], str]) -> Iterator[DebuggerReady | Failure]:
        """Choose ports for functions that have none, and say what is new.

        `folder_of` returns where the process of a function has its code.
        """
        new = []
        for function in project.functions:
            key = f"{function.address.namespace}/{function.name}"
            language = _language(function)
            problem = self._problem(function, language)
            if problem is not None:
                if problem.message not in self._reported:
                    self._reported.add(problem.message)
                    yield problem
                continue
            if key not in self._ports:
                self._ports[key] = self._next_port(_FIRST_PORTS[language])
            configuration = _configuration(function, language, self._ports[key], folder_of(key))
            if self._shown.get(key) != configuration:
                self._shown[key] = configuration
                new.append(configuration)
        if new:
            yield DebuggerReady(new)

    def _problem(self, function: FunctionSpec, language: str) -> Failure | None:
        if language not in _FIRST_PORTS:
            return Failure(
                message("{function} cannot be debugged", function=function.address.function_name),
                message("Debuggers attach to functions in Python and Node.js."),
            )
        if language == _PYTHON and not self.debugpy:
            return Failure(
                message("Python functions cannot be debugged: the package debugpy is not installed"),
                message("Install it where scfdeploy is, such as with `pip install debugpy`."),
            )
        return None

    def _next_port(self, first: int) -> int:
        used = set(self._ports.values())
        return next(port for port in range(first, 1 << 16) if port not in used and self._is_free(port))


def find_debugpy() -> str:
    """The folder of the package debugpy in the environment of this program; empty if there is none."""
    from importlib.util import find_spec

    spec = find_spec("debugpy")
    return next(iter(spec.submodule_search_locations or ()), "") if spec is not None else ""


def _language(function: FunctionSpec) -> str:
    known = runtime(str(function.settings.get("runtime") or ""))
    return known.language if known is not None else ""


def _configuration(function: FunctionSpec, language: str, port: int, folder: str) -> Mapping[str, Any]:
    """An entry of `configurations` in launch.json."""
    source = function.source
    local = source.root if isinstance(source, FolderSource) else "${workspaceFolder}"
    name = f"scfdeploy dev: {function.address.function_name}"
    if language == _PYTHON:
        return {
            "name": name,
            "type": "debugpy",
            "request": "attach",
            "connect": {"host": "127.0.0.1", "port": port},
            "pathMappings": [{"localRoot": local, "remoteRoot": folder}],
        }
    return {
        "name": name,
        "type": "node",
        "request": "attach",
        "address": "127.0.0.1",
        "port": port,
        "restart": True,
        "localRoot": local,
        "remoteRoot": folder,
    }


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
