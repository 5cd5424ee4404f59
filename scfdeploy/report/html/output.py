"""Any result as an HTML page: a page of its own for some, the text of the others as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module

from scfdeploy.diagnostics import Diagnostic, message
from scfdeploy.report.html.page import Notice, Page, Section
from scfdeploy.report.html.render import render_page
from scfdeploy.report.humanize import severity_word
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Failed, Result

PAGES: Mapping[str, str] = {
    "EventShown": "event_page.event_page",
    "Planned": "plan_page.plan_page",
    "Simulated": "simulation_page.simulation_page",
}
"""The function for each result by its class name, in a module of this package."""

_WIDTH = 120


def render_html(result: Result, _style: TextStyle, redact: Callable[[str], str] = str) -> RenderedOutput:
    """A result as one HTML file, findings included. `redact` replaces secrets in every text of it."""
    page = _page(result)
    notices = [*_notices(result.findings.diagnostics), *page.notices]
    return RenderedOutput(render_page(page._replace(notices=notices), redact), "")


def _page(result: Result) -> Page:
    if isinstance(result, Failed):
        notice = Notice("error", message("error"), result.message, [result.hint] if result.hint else [])
        return Page(message("{command} failed", command=result.command), notices=[notice])
    name = PAGES.get(type(result).__name__)
    if name is None:
        return _text_page(result)
    module, _, function = name.partition(".")
    build: Callable[[Result], Page] = getattr(import_module(f"scfdeploy.report.html.{module}"), function)
    return build(result)


def _text_page(result: Result) -> Page:
    """A page with the text that the command prints."""
    text = render_output(result, TextStyle(color=False, width=_WIDTH)).out
    command = getattr(result, "command", "") or type(result).__name__.lower()
    section = Section("result", message("Result"), text=text.rstrip("\n"))
    return Page(f"scfdeploy {command}", sections=[section] if text.strip() else [])


def _notices(findings: Sequence[Diagnostic]) -> Iterator[Notice]:
    for finding in truncated(findings):
        place = str(finding.subject) if finding.subject is not None else ""
        details = [text for text in (finding.detail, finding.hint) if text]
        yield Notice(
            finding.severity.value,
            severity_word(finding.severity),
            f"{finding.summary} [{finding.rule}]",
            details,
            place,
        )
