"""Test events."""

from __future__ import annotations

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.report.terminal import escape_json, safe
from scfdeploy.report.text.style import TextStyle, table
from scfdeploy.results.templates import Template, TemplateChanged, TemplateList, TemplateShown


def render_template_list(result: TemplateList, style: TextStyle) -> str:
    """A table of the templates."""
    function = "" if result.is_of_one_function else message("FUNCTION")
    header = (message("NAME"), message("KIND"), function, "")
    rows = [
        (
            safe(template.name),
            template.kind,
            "" if result.is_of_one_function else safe(template.function),
            _remark(template),
        )
        for template in result.templates
    ]
    return "\n".join(table(header, rows, style)) + "\n"


def render_template_shown(result: TemplateShown, _style: TextStyle) -> str:
    """The event, as the file has it."""
    return escape_json(result.text.rstrip("\n")) + "\n"


def render_template_changed(result: TemplateChanged, _style: TextStyle) -> str:
    """One sentence."""
    path = safe(result.path)
    if result.command == "template save":
        return message("Saved {path}.", path=path) + "\n"
    return message("Deleted {path}.", path=path) + "\n"


def _remark(template: Template) -> str:
    alias = message("alias {name}", name=template.alias) if template.alias else ""
    return join_messages(message("; "), filter(None, (alias, template.remark)))
