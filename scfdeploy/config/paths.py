"""Paths: absolute ones to open, shown ones to read."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH100, PTH118

from __future__ import annotations

import os


def absolute(path: str, base: str) -> str:
    """`path`, relative to `base`, as an absolute path without `..`."""
    return os.path.normpath(os.path.join(os.path.abspath(base), path))


def shown(path: str, cwd: str) -> str:
    """An absolute path as people should read it: relative to where they stand when it lies below."""
    below = os.path.abspath(cwd).rstrip(os.sep) + os.sep
    return path.removeprefix(below) if path.startswith(below) else path
