"""A plan with many changes: the summary first, similar changes once, and each change that must not be overlooked."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.model.resource_kind import TRIGGER
from scfdeploy.plan import Action, Change, FieldChange, Plan, Refusal
from scfdeploy.plan.checks import opens_public_url
from scfdeploy.records import replace
from scfdeploy.report.actions import SYMBOLS
from scfdeploy.report.terminal import flow, safe
from scfdeploy.report.text.plan import (
    ACTION_COLOURS,
    change_lines,
    field_text,
    partial_lines,
    plan_summary,
    refusal_lines,
    unmanaged_line,
    unread_lines,
)
from scfdeploy.report.text.style import Detail, TextStyle

_MAX_LINES = 36
_NAME_LINES = 2
_FIELD_LINES = 8
_EXAMPLES = 5
_VALUES = 3
_WARNINGS = 5

_Key: TypeAlias = Callable[[Change], Hashable]


def render_large_plan(plan: Plan, style: TextStyle) -> str:
    """The summary, changes in groups, and the summary again. Deletions and the like have lines of their own."""
    changes = [change for change in plan.changes if change.action is not Action.NO_OP or change.warnings]
    alone = [change for change in changes if stands_alone(change)]
    similar = [change for change in changes if not stands_alone(change)]
    summary = plan_summary(plan, style)
    blocks = ["\n".join([*partial_lines(plan, style), *unread_lines(plan, style), summary])]
    if style.detail is Detail.SUMMARY:
        counts = "\n".join(_counts(similar, style))
        blocks += [counts] if counts else []
        lines = [line for change in alone for line in _headline(change, style)]
        blocks += ["\n".join([*lines, *_warnings(alone, style)])] if alone else []
    else:
        groups, is_complete = _similar(similar, style)
        blocks += groups
        blocks += _alone(alone, style)
        if not is_complete:
            note = message("Similar changes are shown together; --no-group shows each one.")
            blocks.append("\n".join(style.lines(style.paint(note, "dim"))))
    blocks += ["\n".join(lines) for lines in _refusals(plan.rejected, style)]
    if plan.unmanaged:
        blocks.append("\n".join(unmanaged_lines(plan.unmanaged, style)))
    return "\n\n".join(blocks if len(blocks) == 1 else [*blocks, summary]) + "\n"


def stands_alone(change: Change) -> bool:
    """Whether a change must not be overlooked among others: it deletes something, or publishes a function."""
    return change.action in (Action.DELETE, Action.REPLACE) or opens_public_url(change)


def unmanaged_lines(resources: Sequence[tuple[Address, str]], style: TextStyle) -> Iterator[str]:
    """What is left alone: each resource, or each kind of them with each reason once if there are many."""
    is_long = len(resources) > _EXAMPLES + 1
    by_reason: dict[Hashable, list[tuple[Address, str]]] = {}
    for address, reason in resources:
        by_reason.setdefault((address.kind.name if is_long else address, reason), []).append((address, reason))
    groups = list(by_reason.values())
    shown = groups if len(groups) <= _EXAMPLES + 1 else groups[:_EXAMPLES]
    for group in shown:
        if len(group) == 1:
            yield from unmanaged_line(group[0], style)
            continue
        addresses = [address for address, _ in group]
        title = style.paint(f"{len(group)} × {kind_label(addresses)}: {safe(group[0][1])}", "dim")
        yield from style.lines(title, "  ", hanging="    ")
        yield from (style.paint(line, "dim") for line in name_lines(addresses, "      ", style))
    more = len(resources) - sum(map(len, shown))
    if more:
        text = message("and {number} more that are left alone; --no-group lists all", number=more)
        yield style.paint(f"  {text}", "dim")


def name_lines(addresses: Iterable[Address], indent: str, style: TextStyle) -> Iterator[str]:
    """The names of the first resources, and the number of the others."""
    names = [safe(_name(address)) for address in addresses]
    columns = style.width - len(indent)
    lines, more = flow(names, columns, most_lines=_NAME_LINES)
    if more:
        # Shorter lines, so that the number fits after the names.
        suffix = " " + message("and {number} more", number=len(names))
        lines, more = flow(names, columns - len(suffix), most_lines=_NAME_LINES)
        lines[-1] += " " + message("and {number} more", number=more)
    yield from (indent + line for line in lines)


def kind_label(addresses: Sequence[Address]) -> str:
    """What resources of one kind are: `function`, or `trigger timer/nightly` if all have that name."""
    kind, names = addresses[0].kind, {address.name for address in addresses}
    if kind.belongs_to_function and len(names) == 1 and "" not in names:
        return safe(f"{message(str(kind))} {names.pop()}")
    types = {name.partition("/")[0] for name in names}
    is_one_type = kind is TRIGGER and len(types) == 1
    return safe(f"{message(str(kind))} {types.pop()}") if is_one_type else message(str(kind))


def _name(address: Address) -> str:
    if address.function:
        return address.function_name
    return address.name or address.namespace


def _similar(changes: Sequence[Change], style: TextStyle) -> tuple[list[str], bool]:
    """The groups of similar changes, as exact as there is room; and whether they show everything."""
    if not changes:
        return [], True
    for key in (_same_values, _same_settings, _same_kind):
        groups = _grouped(changes, key)
        lines = [list(_group(group, style)) for group in groups]
        if sum(map(len, lines)) + len(lines) <= _MAX_LINES:
            break
    is_complete = all(len(group) == 1 for group in groups)
    return ["\n".join(block) for block in lines], is_complete


def _grouped(changes: Iterable[Change], key: _Key) -> list[list[Change]]:
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        groups.setdefault(key(change), []).append(change)
    return list(groups.values())


def _same_values(change: Change) -> Hashable:
    return (_same_settings(change), tuple(repr((field.before, field.after)) for field in change.fields))


def _same_settings(change: Change) -> Hashable:
    return (_same_kind(change), change.address.name, change.reason, tuple(field.path for field in change.fields))


def _same_kind(change: Change) -> Hashable:
    return (change.action, change.address.kind.name)


def _group(group: Sequence[Change], style: TextStyle) -> Iterator[str]:
    if len(group) == 1:
        yield from change_lines(group[0], style)
        return
    first = group[0]
    addresses = [change.address for change in group]
    reasons = {change.reason for change in group}
    reason = f" {style.paint(f'({safe(first.reason)})', 'dim')}" if len(reasons) == 1 and first.reason else ""
    title = style.paint(f"{len(group)} × {kind_label(addresses)}", "bold")
    yield from style.lines(f"{_symbol(first.action, style)} {title}{reason}", hanging="      ")
    yield from name_lines(addresses, "      ", style)
    fields: dict[str, list[FieldChange]] = {}
    for change in group:
        for field in change.fields:
            fields.setdefault(field.path, []).append(field)
    yield from _field_lines(fields, len(group), first.action, style)
    yield from _warnings(group, style)


def _field_lines(
    fields: Mapping[str, Sequence[FieldChange]], number: int, action: Action, style: TextStyle
) -> Iterator[str]:
    paths = list(fields)
    shown = paths if len(paths) <= _FIELD_LINES else paths[: _FIELD_LINES - 1]
    for path in shown:
        for line in _values(fields[path], number, action, style):
            yield from style.lines(line, "      ", hanging="  ")
    if len(shown) < len(paths):
        yield "      " + style.paint(message("and {number} more settings", number=len(paths) - len(shown)), "dim")


def _values(fields: Sequence[FieldChange], number: int, action: Action, style: TextStyle) -> Iterator[str]:
    """The values of one setting of several resources, if there are few."""
    different: dict[str, list[FieldChange]] = {}
    for field in fields:
        different.setdefault(repr((field.before, field.after)), []).append(field)
    if len(different) > _VALUES:
        path = safe(fields[0].path)
        yield message("{path}: {number} different values", path=path, number=len(different))
        return
    for same in different.values():
        text = field_text(same[0], action, style)
        yield text if len(same) == number else message("{field} ({number} of them)", field=text, number=len(same))


def _alone(changes: Sequence[Change], style: TextStyle) -> Iterator[str]:
    """Deletions and public URLs in a line each, replacements with their settings; what they lose once."""
    in_a_line = [change for change in changes if change.action is not Action.REPLACE]
    replaced = [change for change in changes if change.action is Action.REPLACE]
    if in_a_line:
        yield "\n".join(
            [*(line for change in in_a_line for line in _headline(change, style)), *_warnings(in_a_line, style)]
        )
    for change in replaced:
        yield "\n".join(change_lines(change if len(replaced) == 1 else replace(change, warnings=()), style))
    if len(replaced) > 1:
        yield "\n".join(_warnings(replaced, style))


def _headline(change: Change, style: TextStyle) -> Iterator[str]:
    note = f" {style.paint(f'({safe(change.reason)})', 'dim')}" if change.reason else ""
    url = ": " + style.paint(message("public URL"), "yellow") if opens_public_url(change) else ""
    address = style.paint(safe(str(change.address)), "bold")
    yield from style.lines(f"{_symbol(change.action, style)} {address}{url}{note}", hanging="      ")


def _warnings(changes: Sequence[Change], style: TextStyle) -> Iterator[str]:
    """Each warning once; with the names of its resources if not all of them have it."""
    by_text: dict[str, list[Address]] = {}
    for change in changes:
        for warning in change.warnings:
            by_text.setdefault(warning, []).append(change.address)
    for text, addresses in list(by_text.items())[:_WARNINGS]:
        warning = style.paint(message("warning: {text}", text=safe(text)), "yellow")
        yield from style.lines(warning, "      ", hanging="  ")
        if len(addresses) < len(changes):
            yield from name_lines(addresses, "        ", style)
    if len(by_text) > _WARNINGS:
        text = message("and {number} more warnings; --no-group lists all", number=len(by_text) - _WARNINGS)
        yield "      " + style.paint(text, "dim")


def _counts(changes: Iterable[Change], style: TextStyle) -> Iterator[str]:
    for group in _grouped(changes, _same_kind):
        addresses = [change.address for change in group]
        yield f"{_symbol(group[0].action, style)} {len(group)} × {kind_label(addresses)}"


def _refusals(refusals: Sequence[Refusal], style: TextStyle) -> Iterator[Iterable[str]]:
    groups: dict[tuple[str, str, str], list[Refusal]] = {}
    for refusal in refusals:
        groups.setdefault((refusal.rule, refusal.reason, refusal.hint), []).append(refusal)
    for group in groups.values():
        yield refusal_lines(group[0], style) if len(group) == 1 else _refusal_group(group, style)


def _refusal_group(group: Sequence[Refusal], style: TextStyle) -> Iterator[str]:
    addresses = [refusal.address for refusal in group]
    _, *rest = refusal_lines(group[0], style)
    title = style.paint(f"{len(group)} × {kind_label(addresses)}", "bold")
    yield f"  {style.paint('!', 'red', 'bold')} {title}"
    yield from name_lines(addresses, "      ", style)
    yield from rest


def _symbol(action: Action, style: TextStyle) -> str:
    return style.paint(f"{SYMBOLS[action]:>3}", ACTION_COLOURS[action], "bold")
