"""What code can import without a package of its own: libraries of languages and runtimes; and well-known packages."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows
from scfdeploy.records import NamedTuple


class PythonPackage(NamedTuple):
    """A Python package whose contents are known."""

    name: str
    """The normalized name."""
    modules: frozenset[str]
    """The names under which code imports it."""
    brings: frozenset[str]
    """The packages that are installed with it."""


class LibraryModule(NamedTuple):
    """A module of Python's own library that only some versions have, as (major, minor)."""

    first: tuple[int, int]
    last: tuple[int, int]

    def is_in(self, version: tuple[int, int]) -> bool:
        """Whether this version of Python has the module."""
        return self.first <= version <= self.last


@cache
def runtime_packages(runtime: str) -> frozenset[str] | None:
    """The packages of a runtime, by the names that code imports; None when they are not known completely."""
    known = {row["name"]: frozenset(row["modules"].split()) for row in rows("runtime_packages")}
    return known.get(runtime)


@cache
def python_packages() -> dict[str, PythonPackage]:
    """Well-known Python packages, by normalized name."""
    return {
        row["name"]: PythonPackage(row["name"], frozenset(row["modules"].split()), frozenset(row["brings"].split()))
        for row in rows("python_packages")
    }


@cache
def python_library_changes() -> dict[str, LibraryModule]:
    """The modules of Python's own library that were added or removed since 3.6, by name."""
    return {
        row["name"]: LibraryModule(_version(row["first"], (0, 0)), _version(row["last"], (99, 0)))
        for row in rows("python_library")
    }


@cache
def nodejs_library() -> frozenset[str]:
    """The modules of Node.js itself."""
    return frozenset(row["name"] for row in rows("nodejs_library"))


def _version(text: str, default: tuple[int, int]) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return (int(major), int(minor)) if text else default
