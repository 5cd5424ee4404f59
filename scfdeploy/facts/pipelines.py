"""What pipeline files name that ages: the actions of GitHub, and for which machines wheels are fetched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scfdeploy.facts.loader import rows


@dataclass(frozen=True, slots=True)
class Action:
    """One action, as `uses` names it: by a full commit, with the version that it is beside it."""

    name: str
    version: str
    commit: str


@cache
def actions() -> dict[str, Action]:
    """Every action that the templates use, by its name."""
    return {row["name"]: Action(**row) for row in rows("actions")}


@cache
def wheel_platforms() -> tuple[str, ...]:
    """The platform tags under which pip looks for wheels that run in a function."""
    return tuple(row["name"] for row in rows("wheel_platforms"))
