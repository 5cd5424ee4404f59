"""Renders any result as text: findings and errors for stderr, the result itself for stdout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from scfdeploy import results
from scfdeploy.report.text.findings import render_findings
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Failed, Result

RENDERERS: Mapping[type[Result], str] = {
    results.Validated: "validated.render_validated",
    results.Planned: "plan.render_planned",
    results.Drifted: "drift.render_drifted",
    results.Applied: "applied.render_applied",
    results.StatusReport: "status.render_status",
    results.VersionList: "versions.render_versions",
    results.AliasChanged: "alias.render_alias_changed",
    results.Invoked: "invoked.render_invoked",
    results.Explained: "explained.render_explained",
    results.Migration: "migrated.render_migrated",
    results.Imported: "imported.render_imported",
    results.QueueList: "queue.render_queue_list",
    results.QueueShown: "queue.render_queue_shown",
    results.QueueCalls: "queue.render_queue_calls",
    results.QueueChanged: "queue.render_queue_changed",
    results.EventList: "events.render_event_list",
    results.EventShown: "events.render_event_shown",
    results.EventsRun: "events.render_events_run",
    results.EventCancelled: "event_stats.render_event_cancelled",
    results.EventStats: "event_stats.render_event_stats",
    results.EventsPulled: "event_stats.render_events_pulled",
    results.LogList: "logs.render_log_list",
    results.TemplateList: "template.render_template_list",
    results.TemplateShown: "template.render_template_shown",
    results.TemplateChanged: "template.render_template_changed",
    results.Failed: "failed.render_failed",
}
"""The function for each result, in a module of this package. A command imports only the module of its own result."""


class RenderedOutput(NamedTuple):
    """The texts for stdout (the result) and stderr (findings and errors); each ends in a newline, or is empty."""

    out: str
    err: str


def render_text(result: Result, *, color: bool, width: int) -> str:
    """All of the output as one text: findings, an empty line, the result."""
    output = render_output(result, TextStyle(color, width))
    return "\n".join(text for text in (output.err, output.out) if text)


def render_output(result: Result, style: TextStyle) -> RenderedOutput:
    """Render a result for stdout and stderr."""
    module, _, name = RENDERERS[type(result)].partition(".")
    render: Callable[[Result, TextStyle], str] = getattr(import_module(f"scfdeploy.report.text.{module}"), name)
    findings, text = render_findings(result.findings, style), render(result, style)
    if isinstance(result, Failed):
        return RenderedOutput("", f"{findings}\n{text}" if findings else text)
    return RenderedOutput(text, findings)
