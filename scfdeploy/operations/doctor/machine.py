"""Checks of this machine: versions and disk space."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from importlib import metadata

from scfdeploy import __version__
from scfdeploy.diagnostics import message
from scfdeploy.operations.doctor.context import DoctorContext, failed, passed, warned
from scfdeploy.results.doctor import CheckResult

_LEAST_BYTES = 100 << 20
_USUAL_BYTES = 1 << 30
"""Bundles, their cache and temporary copies of a project of the largest size fit into it."""
_LIBRARIES = ("typer", "tencentcloud-sdk-python-common")


def check_versions(name: str, context: DoctorContext) -> CheckResult:
    """The versions of scfdeploy, of Python, and of the libraries that matter most."""
    own = f"scfdeploy {__version__}, Python {platform.python_version()} ({sys.executable})"
    libraries = ", ".join(f"{library} {_version(library)}" for library in _LIBRARIES)
    return passed(name, f"{own}; {libraries}; {platform.system()} {platform.machine()}")


def check_disk(name: str, context: DoctorContext) -> CheckResult:
    """Whether files can be written to the project and to the folder for temporary files, and how many."""
    folders = {context.root: message("the project"), tempfile.gettempdir(): message("temporary files")}
    free = {}
    for folder, title in folders.items():
        if not os.access(folder, os.W_OK | os.X_OK):
            return failed(
                name,
                message("the folder for {title} is not writable: {folder}", title=title, folder=folder),
                message("Change its permissions, or choose another folder."),
            )
        free[folder] = shutil.disk_usage(folder).free
    folder = min(free, key=lambda each: free[each])
    text = message(
        "{size} MB free for {title} in {folder}", size=f"{free[folder] >> 20:,}", title=folders[folder], folder=folder
    )
    if free[folder] < _LEAST_BYTES:
        return failed(name, text, message("Free some disk space; .scfdeploy/cache can be deleted."))
    if free[folder] < _USUAL_BYTES:
        return warned(name, text, message("Large functions need more; .scfdeploy/cache can be deleted."))
    return passed(name, text)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return message("missing")
