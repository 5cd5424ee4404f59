"""The `sitecustomize` of Python web functions that are debugged: the first process of the function listens.

`SCFDEPLOY_DEBUGGER` is the port and the folder with the package debugpy, `5678:/packages`.
"""

from __future__ import annotations

import importlib
import os
import sys

_VARIABLE = "SCFDEPLOY_DEBUGGER"
_PACKAGES = ("site-packages", "dist-packages")


def _hide_packages() -> None:
    """Let only the bundle be imported, as without this module: not the packages of this machine, nor this folder."""
    here = os.path.dirname(__file__)  # noqa: PTH120
    sys.path[:] = [path for path in sys.path if path != here and os.path.basename(path) not in _PACKAGES]  # noqa: PTH119


def _listen(port: int, folder: str) -> None:
    # Otherwise it warns about modules that are built into Python.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    sys.path.append(folder)
    try:
        # Without a process of its own, which would outlive this one.
        importlib.import_module("debugpy").listen(("127.0.0.1", port), in_process_debug_adapter=True)
    except Exception as error:  # noqa: BLE001 - the function works without it
        sys.stderr.write(f"The debugger cannot start: {error}\n")
    finally:
        sys.path.remove(folder)
        del os.environ["PYDEVD_DISABLE_FILE_VALIDATION"]


_hide_packages()
if _VARIABLE in os.environ:
    _port, _, _folder = os.environ.pop(_VARIABLE).partition(":")
    _listen(int(_port), _folder)
