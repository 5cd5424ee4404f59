"""Runs in the process of an instance: loads a Python handler, and calls it once for each line of its command pipe.

Started as `python bootstrap.py COMMAND_FD REPORT_FD`. The first line has the settings; the answer is the line `ready`
once the code is loaded, or an error as a JSON object. Each further line is a call, and its answer a JSON object. If
the process ends without an answer, the code ended it.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import json
import os
import sys
import time
import traceback
from _sitebuiltins import Quitter

# Importing `typing` costs start-up time, and Python 3.7 and 3.8 cannot evaluate these types.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    _Context = dict[str, Any]
else:
    _Context = dict

_QUEUE_URL = "SCFDEPLOY_QUEUE_URL"
"""The variable with the endpoint of a simulated queue."""


class QueueContext(_Context):
    """The context of a function that gets messages of a simulated queue."""

    def delete_message(self, message_id: str) -> None:
        """Delete a message that has been processed. Raises OSError if that fails."""
        import http.client
        import urllib.parse

        url = urllib.parse.urlsplit(os.environ[_QUEUE_URL])
        connection = http.client.HTTPConnection(url.netloc, timeout=10)
        headers = {"X-Amz-Target": "AmazonSQS.DeleteMessage"}
        connection.request("POST", url.path, json.dumps({"ReceiptHandle": message_id}), headers)
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            raise OSError(f"the queue answers with status {status}")


def main(command_fd: int, report_fd: int) -> None:
    """Serve calls until the command pipe ends."""
    for fd in (command_fd, report_fd):
        os.set_inheritable(fd, False)
    process_id = os.getpid()
    commands = os.fdopen(command_fd, "rb")
    setup = json.loads(commands.readline())
    sys.argv = [""]
    sys.path.insert(0, setup["root"])
    if setup["opt"]:
        sys.path.insert(1, setup["opt"])
    for name in setup["hidden"]:
        # The process needs these, but the code does not see them.
        os.environ._data.pop(os.fsencode(name), None)  # type: ignore[attr-defined]
    # `site`, which defines these two, is disabled to hide the packages of the host.
    for name in ("exit", "quit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D"))
    if "debugger" in setup:
        _start_debugger(**setup["debugger"])
    report: dict[str, Any] = _load(setup["handler"])
    _end_copy(process_id)
    if "call" not in report:
        _answer(report_fd, report)
        return
    handler = report["call"]
    os.write(report_fd, b"ready\n")
    for line in commands:
        call = json.loads(line)
        _set_variables(call["variables"])
        _reset_peak_memory()
        context = QueueContext(call["context"]) if _QUEUE_URL in os.environ else call["context"]
        report = _run(handler, call["event"], context)
        _end_copy(process_id)
        _answer(report_fd, report)


def _end_copy(process_id: int) -> None:
    """End a copy that the code made by fork: it must not answer for its parent, nor take the next call."""
    if os.getpid() != process_id:
        os._exit(0)


def _start_debugger(port: int, path: str) -> None:
    """Let a debugger attach at a port of localhost. `path` is the folder with its package."""
    # Otherwise it warns about modules that are built into Python.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    sys.path.append(path)
    try:
        # Without a process of its own, which would outlive this one.
        importlib.import_module("debugpy").listen(("127.0.0.1", port), in_process_debug_adapter=True)
    except Exception as error:  # noqa: BLE001 - the function works without it
        sys.stderr.write(f"The debugger cannot start: {error}\n")
    finally:
        sys.path.remove(path)
        del os.environ["PYDEVD_DISABLE_FILE_VALIDATION"]


def _answer(report_fd: int, report: dict[str, Any]) -> None:
    for stream in (sys.stdout, sys.stderr):
        # The code may have closed or replaced it.
        with contextlib.suppress(Exception):
            stream.flush()
    report["memory_bytes"] = _peak_memory()
    content = memoryview(json.dumps(report, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    while content:
        content = content[os.write(report_fd, content) :]


def _set_variables(variables: dict[str, str | None]) -> None:
    """Set the variables that differ between the calls of an instance."""
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _load(handler: str) -> dict[str, Any]:
    module_name, _, name = handler.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name == module_name:
            return {"status": 437, "error": {"errorMessage": f"the bundle has no file {module_name}.py"}}
        return _report_error(443, error)
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        return _report_error(443, error)
    handler_function = getattr(module, name, None)
    if not callable(handler_function):
        return {"status": 437, "error": {"errorMessage": f"{module_name}.py has no function {name}"}}
    return {"call": handler_function}


def _run(call: Any, event: object, context: object) -> dict[str, Any]:
    start = time.perf_counter()
    try:
        returned = _to_json(call(event, context))
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        return {**_report_error(430, error), "duration_ms": (time.perf_counter() - start) * 1000}
    return {"status": 200, "returned": returned, "duration_ms": (time.perf_counter() - start) * 1000}


def _to_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only JSON's own escape can carry
        return json.dumps(value)
    return text


def _report_error(status: int, error: Exception) -> dict[str, Any]:
    text = _printable(_format_trace(error))
    with contextlib.suppress(Exception):  # the code may have closed or replaced it
        sys.stderr.write(text)
    return {
        "status": status,
        "error": {"errorType": type(error).__name__, "errorMessage": _message(error), "stackTrace": text},
    }


def _format_trace(error: Exception) -> str:
    """The trace of an exception and of those that led to it, without the frames of this file and of importlib."""
    trace = traceback.TracebackException.from_exception(error)
    unread: list[Any] = [trace]
    while unread:
        each = unread.pop()
        each.stack[:] = [
            frame
            for frame in each.stack
            if frame.filename not in (__file__, importlib.__file__) and not frame.filename.startswith("<frozen")
        ]
        # Before 3.11 there are no groups of exceptions.
        following = (each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ()))
        unread.extend(other for other in following if other is not None)
    return "".join(trace.format())


def _message(error: Exception) -> str:
    try:
        return _printable(str(error))
    except Exception:  # noqa: BLE001 - the user's exception may not have a text
        return ""


def _printable(text: str) -> str:
    """Text with escapes in place of halves of surrogate pairs, as it is printed."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _reset_peak_memory() -> None:
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("5")


def _peak_memory() -> int:
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    # An upper bound: this includes the memory of the server before the child was started.
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
