"""Runs in the child process: loads one Python handler, calls it once and reports on its own pipe.

Started as `python bootstrap.py REQUEST_FILE REPORT_FD`. The report is a line `ready` once the code is loaded, then
one JSON object. If the process ends without one, the code ended it.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import sys
import time
import traceback
from _sitebuiltins import Quitter
from typing import Any


def main(request_path: str, report_fd: int) -> None:
    """Serve one invocation."""
    with open(request_path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs start-up time
        request = json.load(file)
    os.set_inheritable(report_fd, False)
    sys.argv = [""]
    sys.path.insert(0, request["root"])
    if request["opt"]:
        sys.path.insert(1, request["opt"])
    # `site`, which defines these two, is disabled to hide the packages of the host.
    for name in ("exit", "quit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D"))
    report: dict[str, Any] = _load(request["handler"])
    if "call" in report:
        os.write(report_fd, b"ready\n")
        report = _run(report["call"], request["event"], request["context"])
    sys.stdout.flush()
    sys.stderr.flush()
    report["memory_bytes"] = _peak_memory()
    _write_all(report_fd, json.dumps(report, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


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
        return _report_error(430, error) | {"duration_ms": (time.perf_counter() - start) * 1000}
    return {"status": 200, "returned": returned, "duration_ms": (time.perf_counter() - start) * 1000}


def _to_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only JSON's own escape can carry
        return json.dumps(value)
    return text


def _report_error(status: int, error: Exception) -> dict[str, Any]:
    # Leave out the frames of this file and of importlib.
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != __file__ and not frame.filename.startswith("<frozen")
    ]
    lines = [*traceback.format_list(frames), *traceback.format_exception_only(error)]
    text = "".join(["Traceback (most recent call last):\n", *lines])
    sys.stderr.write(text)
    return {
        "status": status,
        "error": {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": text},
    }


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


def _write_all(fd: int, content: bytes) -> None:
    while content:
        content = content[os.write(fd, content) :]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
