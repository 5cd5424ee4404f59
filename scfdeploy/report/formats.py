"""The table of output formats: adding one is a file beside this and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from scfdeploy.report.document import document, dumps
from scfdeploy.report.github import github
from scfdeploy.report.junit import junit
from scfdeploy.report.markdown import markdown
from scfdeploy.report.sarif import sarif
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.results import Result

Formatter: TypeAlias = Callable[[Result, TextStyle], RenderedOutput]
"""Lays a result out for stdout and stderr. Every formatter takes every result, also a command that failed."""


def json_text(result: Result, _style: TextStyle) -> RenderedOutput:
    """The JSON document on stdout, and nothing else."""
    return RenderedOutput(dumps(document(result)), "")


FORMATS: Mapping[str, Formatter] = {
    "text": render_output,
    "json": json_text,
    "github": github,
    "sarif": sarif,
    "junit": junit,
    "markdown": markdown,
}

VALIDATE_FORMATS = ("text", "json", "github", "sarif", "junit")
PLAN_FORMATS = ("text", "json", "markdown", "github")

OTHER_FORMATS = ("text", "json")
