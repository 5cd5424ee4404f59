"""Versions that generated pipelines use: GitHub actions, container images, and platform tags of Python wheels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scfdeploy.facts.loader import rows


@dataclass(frozen=True, slots=True)
class Action:
    """A GitHub action, pinned by commit. `version` is the tag of that commit."""

    name: str
    version: str
    commit: str


@cache
def actions() -> dict[str, Action]:
    """Every action that the templates use, by name."""
    return {row["name"]: Action(**row) for row in rows("actions")}


@cache
def container_images() -> dict[str, str]:
    """The image for each language, Java build tool, and scfdeploy itself; some have `{version}` in the tag."""
    return {row["use"]: row["image"] for row in rows("container_images")}


@cache
def wheel_platforms() -> tuple[str, ...]:
    """The platform tags of wheels that run in a function."""
    return tuple(row["name"] for row in rows("wheel_platforms"))
