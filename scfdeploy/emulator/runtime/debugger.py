"""Lets debuggers attach to Python and Node.js functions, each at a port of localhost.

The process of such a function is not frozen between calls, and has neither a time limit nor a limit of its memory:
someone may look at it for minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.sandbox import NAMESPACE, Sandbox
from scfdeploy.emulator.settings import Debugging
from scfdeploy.facts import runtime

_LANGUAGES = ("python", "nodejs")
_PACKAGE = "debugpy"
_PACKAGE_PATH = f"/var/runtime/debugger/{_PACKAGE}"


def debug_port(debugging: Debugging, invocation: Invocation) -> int | None:
    """The port at which a debugger can attach to the function of an invocation; None if it cannot."""
    known = runtime(invocation.version["Runtime"])
    language = known.language if known is not None and invocation.version["ImageConfig"] is None else ""
    if language not in _LANGUAGES or (language == "python" and not debugging.debugpy):
        return None
    function = invocation.function
    return debugging.port_of(f"{function['Namespace']}/{function['FunctionName']}")


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


def folder_name(namespace: str, name: str) -> str:
    """The name of the folder that holds the copied code of a function that is debugged: editors need one name."""
    return f"debug-{namespace}-{name}"
