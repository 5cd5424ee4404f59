"""The result of `build`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.model import Bundle
    from scfdeploy.results import Findings


class InstalledDependencies(NamedTuple):
    """The installed dependencies of a function or layer."""

    manager: str
    """The program that installs them on this machine: uv, pip, npm, pnpm or yarn."""

    manifest: str
    """The file that decides what is installed: a lock file if there is one."""

    folder: str
    packages: int
    size: int
    """In bytes."""


class BuiltBundle(NamedTuple):
    """The package of a function or layer."""

    bundle: Bundle
    dependencies: InstalledDependencies | None
    """None if nothing is installed for it."""


class Built(NamedTuple):
    """The result of `build`."""

    findings: Findings
    ok: bool
    bundles: Sequence[BuiltBundle] = ()
    """In the order of the files, layers first; without code that is already in COS."""

    command: str = "build"
