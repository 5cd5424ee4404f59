"""Drift: the values in the cloud and the values in the files."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import clip, safe
from scfdeploy.report.text.plan import render_unmanaged
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import value_text
from scfdeploy.results import Drifted

_MIN_COLUMNS = 40


def render_drifted(result: Drifted, style: TextStyle) -> str:
    """Each resource that differs, resources that are not managed, and a summary."""
    if result.project is None:
        return ""
    blocks = ["\n".join(_change(change, style)) for change in result.drift]
    if result.unmanaged:
        blocks.append(render_unmanaged(result.unmanaged, style))
    return "\n\n".join([*blocks, _summary(result, style)]) + "\n"


def _change(change: Change, style: TextStyle) -> Iterator[str]:
    address = style.paint(safe(str(change.address)), "bold")
    match change.action:
        case Action.CREATE:
            yield f"  {address}: " + message("in the files, but not in the cloud")
        case Action.DELETE:
            yield f"  {address}: " + message("in the cloud, but {reason}", reason=safe(change.reason))
        case _:
            yield f"  {address}: {safe(change.reason)}"
            yield from (f"      {_field(field, style)}" for field in change.fields)


def _field(field: FieldChange, style: TextStyle) -> str:
    path = safe(field.path)
    if field.sensitive:
        return f"{path}: " + message("differs (sensitive)")
    columns = max(_MIN_COLUMNS, (style.width - len(field.path)) // 2 - 20)
    cloud = message("(not set)") if field.before is None else clip(value_text(field.before), columns)
    file = message("(not set)") if field.after is None else clip(value_text(field.after), columns)
    return f"{path}: " + message("{cloud} in the cloud, {file} in the files", cloud=cloud, file=file)


def _summary(result: Drifted, style: TextStyle) -> str:
    if not result.drift:
        return message("No drift: the cloud matches the configuration.")
    count = plural(len(result.drift), "{number} resource differs", "{number} resources differ")
    return style.paint(message("Drift: {count}. Nothing was changed.", count=count), "bold")
