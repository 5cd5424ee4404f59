"""Lets debuggers attach to Python and Node.js functions, each at a port of localhost.

The process of such a function is not frozen between calls, and has neither a time limit nor a limit of its memory:
someone may look at it for minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.sandbox import NAMESPACE, Sandbox
from scfdeploy.emulator.settings import Debugging
from scfdeploy.facts import runtime

_PACKAGE = "debugpy"
_PACKAGE_PATH = f"/var/runtime/debugger/{_PACKAGE}"
_SITE, _SITE_PATH = Path(__file__).parent / "debugger_site", "/var/runtime/debugger_site"
_LONGEST_S, _MOST_MB = 7 * 86_400, 1 << 20


def debug_port(debugging: Debugging, invocation: Invocation) -> int | None:
    """The port at which a debugger can attach to the function of an invocation; None if it cannot."""
    function = invocation.function
    port = debugging.port_of(f"{function['Namespace']}/{function['FunctionName']}")
    if port is None:
        return None
    language = _language(invocation)
    return port if language == "nodejs" or (language == "python" and debugging.debugpy) else None


def prepare_debugger(
    debugging: Debugging, sandbox: Sandbox, command: Sequence[str], port: int
) -> tuple[Sandbox, list[str], Json]:
    """The sandbox, the command and more settings for the bootstrap of a function that is debugged at a port."""
    if command[-1].endswith(".js"):
        program, *rest = command
        # The address is not printed: it would be in the log of the function.
        return sandbox, [program, f"--inspect=127.0.0.1:{port}", "--inspect-publish-uid=http", *rest], {}
    package = debugging.debugpy
    if sandbox.isolation == NAMESPACE:
        sandbox, package = sandbox.with_folder(_PACKAGE_PATH, package), _PACKAGE_PATH
    return sandbox, list(command), {"debugger": {"port": port, "path": str(Path(package).parent)}}


def prepare_web_debugger(
    debugging: Debugging, invocation: Invocation, sandbox: Sandbox, port: int
) -> tuple[Sandbox, dict[str, str]]:
    """The sandbox and the variables of the start script of a web function that is debugged at a port.

    The first Python or Node.js process that the script starts listens there.
    """
    if _language(invocation) == "nodejs":
        return sandbox, {"NODE_OPTIONS": f"--inspect=127.0.0.1:{port} --inspect-publish-uid=http"}
    package, site = debugging.debugpy, str(_SITE)
    if sandbox.isolation == NAMESPACE:
        sandbox, package = sandbox.with_folder(_PACKAGE_PATH, package), _PACKAGE_PATH
        sandbox, site = sandbox.with_folder(_SITE_PATH, site), _SITE_PATH
    return sandbox, {
        "PYTHONPATH": f"{site}:{sandbox.code}:{sandbox.opt}",
        "SCFDEPLOY_DEBUGGER": f"{port}:{Path(package).parent}",
    }


def without_limits(invocation: Invocation) -> Invocation:
    """The invocation without limits of time and memory, for someone who looks at it."""
    limits = {"Timeout": _LONGEST_S, "InitTimeout": _LONGEST_S, "MemorySize": _MOST_MB}
    return replace(invocation, version={**invocation.version, **limits})


def _language(invocation: Invocation) -> str:
    known = runtime(invocation.version["Runtime"])
    return known.language if known is not None and invocation.version["ImageConfig"] is None else ""


def folder_name(namespace: str, name: str) -> str:
    """The name of the folder that holds the copied code of a function that is debugged: editors need one name."""
    return f"debug-{namespace}-{name}"
