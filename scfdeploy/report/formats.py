"""The table of output formats: adding one is a file beside this and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from scfdeploy.report.document import document, dumps
from scfdeploy.report.results import Result
from scfdeploy.report.text import Look, Parts, parts

Formatter: TypeAlias = Callable[[Result, Look], Parts]
"""Lays a result out for stdout and stderr."""


def _json(result: Result, _look: Look) -> Parts:
    return Parts(dumps(document(result)), "")


FORMATS: Mapping[str, Formatter] = {
    "text": parts,
    "json": _json,
}
