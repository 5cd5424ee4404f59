"""Drift: the values in the cloud and the values in the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import clip, safe
from scfdeploy.report.text.plan import render_unmanaged
from scfdeploy.report.text.style import Detail, TextStyle
from scfdeploy.report.values import value_text
from scfdeploy.results import Drifted

_MIN_COLUMNS = 40
_MANY = 20


def render_drifted(result: Drifted, style: TextStyle) -> str:
    """Each resource that differs, resources that are not managed, and a summary."""
    if result.project is None:
        return ""
    is_grouped = style.detail is not Detail.FULL and len(result.drift) + len(result.unmanaged) > _MANY
    if is_grouped:
        from scfdeploy.report.text.groups.similar_changes import unmanaged_lines

        blocks = ["\n".join(lines) for lines in _groups(result.drift, style)]
        blocks += ["\n".join(unmanaged_lines(result.unmanaged, style))] if result.unmanaged else []
        return "\n\n".join([_summary(result, style), *blocks, _summary(result, style)]) + "\n"
    blocks = ["\n".join(_change(change, style)) for change in result.drift]
    if result.unmanaged:
        blocks.append(render_unmanaged(result.unmanaged, style))
    return "\n\n".join([*blocks, _summary(result, style)]) + "\n"


def _groups(drift: Sequence[Change], style: TextStyle) -> Iterator[Iterable[str]]:
    """Resources that differ in the same settings, together; those without a file each."""
    from scfdeploy.report.text.groups.similar_changes import kind_label, name_lines

    groups: dict[tuple[str, Action, tuple[str, ...]], list[Change]] = {}
    for change in drift:
        name = str(change.address) if change.action is Action.DELETE else change.address.kind.name
        paths = tuple(field.path for field in change.fields)
        groups.setdefault((name, change.action, paths), []).append(change)
    for (_, _, paths), group in groups.items():
        if len(group) == 1:
            yield _change(group[0], style)
            continue
        addresses = [change.address for change in group]
        title = style.paint(f"{len(group)} × {kind_label(addresses)}", "bold")
        is_missing = group[0].action is Action.CREATE
        text = message("in the files, but not in the cloud") if is_missing else ", ".join(map(safe, paths))
        yield [*style.lines(f"{title}: {text}", "  ", hanging="    "), *name_lines(addresses, "      ", style)]


def _change(change: Change, style: TextStyle) -> Iterator[str]:
    address = style.paint(safe(str(change.address)), "bold")
    match change.action:
        case Action.CREATE:
            yield f"  {address}: " + message("in the files, but not in the cloud")
        case Action.DELETE:
            yield f"  {address}: " + message("in the cloud, but {reason}", reason=safe(change.reason))
        case _:
            yield f"  {address}: {safe(change.reason)}"
            for field in change.fields:
                yield from style.lines(_field(field, style), "      ", hanging="  ")


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
