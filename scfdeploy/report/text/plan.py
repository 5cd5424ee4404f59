"""A plan: which resources change, why, and which of their settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change, FieldChange, Plan, Refusal
from scfdeploy.report.actions import SYMBOLS
from scfdeploy.report.humanize import enumeration, plural
from scfdeploy.report.terminal import flow, safe
from scfdeploy.report.text.style import Detail, TextStyle
from scfdeploy.results import Planned

_TARGET_COLUMNS = 160
_MANY_CHANGES = 20
"""More changes than this are grouped."""
ACTION_COLOURS = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.REPLACE: "magenta",
    Action.DELETE: "red",
    Action.NO_OP: "dim",
}


def render_planned(result: Planned, style: TextStyle) -> str:
    """The plan; empty if the configuration has errors."""
    if result.plan is None:
        return ""
    saved = ""
    if result.saved_to:
        file = safe(result.saved_to)
        saved = message("Saved to {file}; apply it with apply --plan {file}.", file=file) + "\n"
    return saved + render_plan(result.plan, style)


def render_plan(plan: Plan, style: TextStyle) -> str:
    """Each change, rejected changes, resources that are not managed, and a summary."""
    if style.detail is not Detail.FULL and _is_large(plan, style):
        from scfdeploy.report.text.groups.similar_changes import render_large_plan

        return render_large_plan(plan, style)
    blocks = [
        "\n".join(change_lines(change, style))
        for change in plan.changes
        if change.action is not Action.NO_OP or change.warnings
    ]
    blocks += ["\n".join(refusal_lines(refusal, style)) for refusal in plan.rejected]
    if plan.unmanaged:
        blocks.append(render_unmanaged(plan.unmanaged, style))
    end = [*partial_lines(plan, style), *unread_lines(plan, style), plan_summary(plan, style)]
    return "\n\n".join([*blocks, "\n".join(end)]) + "\n"


def _is_large(plan: Plan, style: TextStyle) -> bool:
    if style.detail is Detail.SUMMARY:
        return True
    changes = sum(change.action is not Action.NO_OP or bool(change.warnings) for change in plan.changes)
    return changes + len(plan.rejected) + len(plan.unmanaged) > _MANY_CHANGES


def render_unmanaged(resources: Sequence[tuple[Address, str]], style: TextStyle) -> str:
    """Resources that are not managed, each with the reason."""
    return "\n".join(line for resource in resources for line in unmanaged_line(resource, style))


def unmanaged_line(resource: tuple[Address, str], style: TextStyle) -> list[str]:
    """A resource that is not managed, and the reason."""
    address, reason = resource
    return style.lines(style.paint(f"{safe(str(address))}: {safe(reason)}", "dim"), "  ", hanging="    ")


def plan_counts(plan: Plan) -> str:
    """`1 to create, 2 to delete; 3 unchanged.`"""  # noqa: D400, D415 - an example
    creates, updates, replacements, deletions = map(
        plan.count, (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE)
    )
    texts = (
        message("{number} to create", number=creates) if creates else "",
        message("{number} to update", number=updates) if updates else "",
        message("{number} to replace", number=replacements) if replacements else "",
        message("{number} to delete", number=deletions) if deletions else "",
    )
    counts = enumeration(text for text in texts if text)
    return message("{counts}; {number} unchanged.", counts=counts, number=plan.count(Action.NO_OP))


def partial_lines(plan: Plan, style: TextStyle) -> list[str]:
    """The notice that a plan with targets leaves other resources out."""
    if not plan.targets:
        return []
    names, more = flow([safe(str(target)) for target in plan.targets], _TARGET_COLUMNS, most_lines=1)
    listed = names[0] + (f", … ({len(plan.targets)})" if more else "")
    text = message("Partial plan, limited by --target to {targets} (with dependencies).", targets=listed)
    return style.lines(style.paint(text, "yellow"))


def unread_lines(plan: Plan, style: TextStyle) -> list[str]:
    """How many functions were not read in full."""
    return style.lines(style.paint(text, "dim")) if (text := unread_text(plan)) else []


def unread_text(plan: Plan) -> str:
    """How many functions were not read in full, and what that means; empty for a plan from all of the cloud."""
    refresh = plan.refresh
    if refresh is None:
        return ""
    if not refresh.unread:
        return message("Every function was read in full.")
    return message(
        "Not read in full: {unread} of {functions} ({resources}), without a change since the last apply. "
        "Changes that others made to only a trigger, an alias or concurrency are not seen; see --refresh.",
        unread=refresh.unread,
        functions=plural(refresh.functions, "{number} function", "{number} functions"),
        resources=plural(refresh.unread_resources, "{number} resource", "{number} resources"),
    )


def change_lines(change: Change, style: TextStyle) -> Iterator[str]:
    """A change with its reason, its settings and its warnings."""
    symbol = style.paint(f"{SYMBOLS[change.action]:>3}", ACTION_COLOURS[change.action], "bold")
    reason = f" {style.paint(f'({safe(change.reason)})', 'dim')}" if change.reason else ""
    yield from style.lines(f"{symbol} {style.paint(safe(str(change.address)), 'bold')}{reason}", hanging="      ")
    for field in change.fields:
        yield from style.lines(field_text(field, change.action, style), "      ", hanging="  ")
    for warning in change.warnings:
        text = style.paint(message("warning: {text}", text=safe(warning)), "yellow")
        yield from style.lines(text, "      ", hanging="  ")


def field_text(field: FieldChange, action: Action, style: TextStyle) -> str:
    """A setting with its old and its new value."""
    from scfdeploy.report.values import change_text, set_text

    path = safe(field.path)
    show = set_text if action in (Action.UPDATE, Action.REPLACE) else change_text
    text = f"{path}: {show(field, style.width - len(path) - 12)}"
    if field.forces_replace and action is Action.REPLACE:
        text += style.paint(f"  # {message('forces replacement')}", "red")
    return text


def refusal_lines(refusal: Refusal, style: TextStyle) -> Iterator[str]:
    """A rejected change with its reason and advice."""
    from scfdeploy.report.text.findings import hint_lines

    rule = style.paint(f"[{safe(refusal.rule)}]", "dim")
    yield f"  {style.paint('!', 'red', 'bold')} {style.paint(safe(str(refusal.address)), 'bold')}"
    reason = style.paint(message("refused: {reason}", reason=safe(refusal.reason)), "red")
    yield from style.lines(f"{reason} {rule}", "      ", hanging="  ")
    yield from hint_lines(refusal.hint, "      ", style)


def plan_summary(plan: Plan, style: TextStyle) -> str:
    """`Plan: 1 to create; 3 unchanged.`, or why there is nothing to apply."""
    if plan.rejected:
        refused = plural(len(plan.rejected), "{number} change refused", "{number} changes refused")
        text = style.paint(message("This plan cannot be applied: {refused}.", refused=refused), "red")
    elif not plan.has_changes:
        key = plan.project
        text = message(
            "Nothing to do: {app} (stage {stage}, {region}) matches serverless.yml.",
            app=safe(key.app),
            stage=safe(key.stage),
            region=safe(key.region),
        )
    else:
        text = style.paint(message("Plan: {counts}", counts=plan_counts(plan)), "bold")
    return "\n".join(style.lines(text))
