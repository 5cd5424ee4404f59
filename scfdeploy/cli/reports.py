"""Copies of a result for other programs: what `--report FORMAT=FILE` asks for, and writing it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from scfdeploy.cli.redaction import redacted
from scfdeploy.diagnostics import ScfDeployError

if TYPE_CHECKING:
    from scfdeploy.results import Result

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Report:
    """One copy: in which format, and into which file."""

    format: str
    path: str


def reports(texts: Sequence[str] | None) -> tuple[Report, ...]:
    """The copies named on the command line. Nothing runs when one could not be written: that is wrong usage."""
    return tuple(_report(text) for text in texts or ())


def write(report: Report, result: Result) -> None:
    """Write one copy, in place of what the file held. Raises ScfDeployError when that fails."""
    from scfdeploy.report.formats import formatter
    from scfdeploy.report.text import TextStyle
    from scfdeploy.workspace.atomic_write import write_file

    # A file has one stream: findings stand above the result, as they do on a terminal.
    parts = redacted(result, report.format, formatter(report.format)(result, TextStyle(color=False, width=_WIDTH)))
    text = "\n".join(part for part in (parts.err, parts.out) if part)
    try:
        write_file(report.path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ScfDeployError(f"the report cannot be written to {report.path}: {error.strerror}") from error


def _report(text: str) -> Report:
    from scfdeploy.report.formats import FORMATS

    name, equals, path = text.partition("=")
    if not path or not equals or name not in FORMATS:
        raise typer.BadParameter(f"--report takes FORMAT=FILE with one of {', '.join(sorted(FORMATS))}, not {text!r}")
    folder = os.path.dirname(path) or "."  # noqa: PTH120
    if not os.path.isdir(folder):  # noqa: PTH112
        raise typer.BadParameter(f"--report {text}: there is no folder {folder}")
    return Report(name, path)
