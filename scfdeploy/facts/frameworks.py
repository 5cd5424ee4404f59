"""Web frameworks, and how each is started as a web function."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows
from scfdeploy.records import NamedTuple


class Framework(NamedTuple):
    """One web framework."""

    name: str
    language: str
    """The language of its runtimes."""
    runtime: str
    """The default runtime."""
    entries: tuple[str, ...]
    """Its usual entry files."""
    command: str
    """The command that starts its server, with the placeholders `{program}` and `{entry}`."""
    exports: tuple[tuple[str, str], ...]
    """Environment variables that the server needs."""
    built: str
    """The output folder of its build, or empty."""
    served: str
    """The folders of static files that it serves itself, or empty."""
    moved_by: str
    """The file and key of its configuration that rename the output folder, or empty."""


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
