"""Renders any result as text: findings and errors for stderr, the result itself for stdout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from scfdeploy.records import NamedTuple
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Failed, Findings, Result

RENDERERS: Mapping[str, str] = {
    "Validated": "validated.render_validated",
    "Planned": "plan.render_planned",
    "Drifted": "drift.render_drifted",
    "Applied": "applied.render_applied",
    "StatusReport": "status.render_status",
    "VersionList": "versions.render_versions",
    "AliasChanged": "alias.render_alias_changed",
    "Invoked": "invoked.render_invoked",
    "Explained": "explained.render_explained",
    "Migration": "migrated.render_migrated",
    "Imported": "imported.render_imported",
    "FunctionList": "imported.render_function_list",
    "QueueList": "queue.render_queue_list",
    "QueueShown": "queue.render_queue_shown",
    "QueueCalls": "queue.render_queue_calls",
    "QueueChanged": "queue.render_queue_changed",
    "EventList": "events.render_event_list",
    "EventShown": "events.render_event_shown",
    "EventsRun": "events.render_events_run",
    "EventCancelled": "event_stats.render_event_cancelled",
    "EventStats": "event_stats.render_event_stats",
    "EventsPulled": "event_stats.render_events_pulled",
    "Simulated": "simulation.render_simulated",
    "DoctorReport": "doctor.render_doctor_report",
    "Built": "built.render_built",
    "LogList": "logs.render_log_list",
    "TemplateList": "template.render_template_list",
    "TemplateShown": "template.render_template_shown",
    "TemplateChanged": "template.render_template_changed",
    "PolicyShown": "doctor.render_policy",
    "Failed": "failed.render_failed",
}
"""The function for each result by its class name, in a module of this package.

A command imports only its own result and the module that renders it.
"""


_NOTES: Mapping[str, str] = {"PolicyShown": "doctor.render_reasons"}
"""The function for the part of a result that goes to stderr, after its findings."""


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
    kind = type(result).__name__
    findings, text = _render_findings(result.findings, style), _renderer(RENDERERS[kind])(result, style)
    if isinstance(result, Failed):
        return RenderedOutput("", f"{findings}\n{text}" if findings else text)
    notes = _renderer(_NOTES[kind])(result, style) if kind in _NOTES else ""
    return RenderedOutput(text, "\n".join(part for part in (findings, notes) if part))


def _render_findings(findings: Findings, style: TextStyle) -> str:
    if not findings.diagnostics:
        return ""
    from scfdeploy.report.text.findings import render_findings

    return render_findings(findings, style)


def _renderer(place: str) -> Callable[[Result, TextStyle], str]:
    module, _, name = place.partition(".")
    render: Callable[[Result, TextStyle], str] = getattr(import_module(f"scfdeploy.report.text.{module}"), name)
    return render
