"""The web frameworks, and how each is started as a web function."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from scfdeploy.facts.loader import rows


class Framework(NamedTuple):
    """One web framework.

    `language` is that of its runtimes, `runtime` what stands where none is written. `entries` are its usual entry
    files, `command` starts the server with `{program}` and `{entry}` filled in, `exports` are environment variables.
    `built` is the folder that its build makes, `served` says which folders it serves itself, `moved_by` which file and
    key of its own configuration give the folder of the build another name; all three may be empty.
    """

    name: str
    language: str
    runtime: str
    entries: tuple[str, ...]
    command: str
    exports: tuple[tuple[str, str], ...]
    built: str
    served: str
    moved_by: str


@cache
def frameworks() -> dict[str, Framework]:
    """Every known framework by its name."""
    return {row["name"]: _framework(row) for row in rows("frameworks")}


def _framework(row: dict[str, str]) -> Framework:
    return Framework(
        row["name"],
        row["language"],
        row["runtime"],
        tuple(row["entries"].split()),
        row["command"],
        tuple((name, value) for name, _, value in (pair.partition("=") for pair in row["exports"].split())),
        row["built"],
        row["served"],
        row["moved_by"],
    )
