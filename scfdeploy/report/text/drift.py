"""Drift for people: what the cloud has, and what the files say in its place."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.report.humanize import count
from scfdeploy.report.terminal import clip, safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.text.values import SENSITIVE, value_text
from scfdeploy.results import Drifted

_NARROWEST = 40


def render_drifted(result: Drifted, style: TextStyle) -> str:
    """Every resource that differs, what was seen and is not ours, and a last line that counts."""
    if result.project is None:
        return ""
    blocks = ["\n".join(_change(change, style)) for change in result.drift]
    if result.unmanaged:
        blocks.append("\n".join(style.paint(f"  {safe(str(at))}: {safe(why)}", "dim") for at, why in result.unmanaged))
    return "\n\n".join([*blocks, _last_line(result, style)]) + "\n"


def _change(change: Change, style: TextStyle) -> Iterator[str]:
    address = style.paint(safe(str(change.address)), "bold")
    match change.action:
        case Action.CREATE:
            yield f"  {address}: is in the files and not in the cloud"
        case Action.DELETE:
            yield f"  {address}: is in the cloud and {safe(change.reason)}"
        case _:
            yield f"  {address}: {safe(change.reason)}"
            yield from (f"      {_field(field, style)}" for field in change.fields)


def _field(field: FieldChange, style: TextStyle) -> str:
    if field.sensitive:
        return f"{safe(field.path)}: differs {SENSITIVE}"
    room = max(_NARROWEST, (style.width - len(field.path)) // 2 - 20)
    cloud = "nothing" if field.before is None else clip(value_text(field.before), room)
    files = "nothing" if field.after is None else clip(value_text(field.after), room)
    return f"{safe(field.path)}: the cloud has {cloud}, the files say {files}"


def _last_line(result: Drifted, style: TextStyle) -> str:
    if not result.drift:
        return "No drift: the cloud matches the configuration."
    number = len(result.drift)
    verb = "differs" if number == 1 else "differ"
    return style.paint(f"Drift: {count(number, 'resource')} {verb}. Nothing was changed.", "bold")
