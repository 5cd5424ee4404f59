"""A plan: which resources change, why, and which of their settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change, FieldChange, Plan, Refusal
from scfdeploy.report.actions import SYMBOLS
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import change_text, set_text
from scfdeploy.results import Planned

_COLOURS = {
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
    blocks = [
        "\n".join(_change(change, style))
        for change in plan.changes
        if change.action is not Action.NO_OP or change.warnings
    ]
    blocks += ["\n".join(_refusal(refusal, style)) for refusal in plan.rejected]
    if plan.unmanaged:
        blocks.append(render_unmanaged(plan.unmanaged, style))
    return "\n\n".join([*blocks, _summary(plan, style)]) + "\n"


def render_unmanaged(resources: Sequence[tuple[Address, str]], style: TextStyle) -> str:
    """Resources that are not managed, each with the reason."""
    return "\n".join(style.paint(f"  {safe(str(address))}: {safe(reason)}", "dim") for address, reason in resources)


def plan_counts(plan: Plan) -> str:
    """`1 to create, 2 to delete; 3 unchanged.`"""  # noqa: D400, D415 - an example
    counts = (
        (plan.count(Action.CREATE), message("to create")),
        (plan.count(Action.UPDATE), message("to update")),
        (plan.count(Action.REPLACE), message("to replace")),
        (plan.count(Action.DELETE), message("to delete")),
    )
    listed = ", ".join(f"{number} {action}" for number, action in counts if number)
    return message("{counts}; {number} unchanged.", counts=listed, number=plan.count(Action.NO_OP))


def _change(change: Change, style: TextStyle) -> Iterator[str]:
    symbol = style.paint(f"{SYMBOLS[change.action]:>3}", _COLOURS[change.action], "bold")
    reason = f" {style.paint(f'({safe(change.reason)})', 'dim')}" if change.reason else ""
    yield f"{symbol} {style.paint(safe(str(change.address)), 'bold')}{reason}"
    for field in change.fields:
        yield f"      {_field(field, change.action, style)}"
    for warning in change.warnings:
        yield "      " + style.paint(message("warning: {text}", text=safe(warning)), "yellow")


def _field(field: FieldChange, action: Action, style: TextStyle) -> str:
    path = safe(field.path)
    show = set_text if action in (Action.UPDATE, Action.REPLACE) else change_text
    text = f"{path}: {show(field, style.width - len(path) - 12)}"
    if field.forces_replace and action is Action.REPLACE:
        text += style.paint(f"  # {message('forces replacement')}", "red")
    return text


def _refusal(refusal: Refusal, style: TextStyle) -> Iterator[str]:
    rule = style.paint(f"[{safe(refusal.rule)}]", "dim")
    yield f"  {style.paint('!', 'red', 'bold')} {style.paint(safe(str(refusal.address)), 'bold')}"
    yield f"      {style.paint(message('refused: {reason}', reason=safe(refusal.reason)), 'red')} {rule}"
    label = message("hint:")
    for number, line in enumerate(safe_lines(refusal.hint)):
        yield f"      {style.paint(label, 'cyan')} {line}" if number == 0 else f"            {line}"


def _summary(plan: Plan, style: TextStyle) -> str:
    if plan.rejected:
        refused = plural(len(plan.rejected), "{number} change refused", "{number} changes refused")
        return style.paint(message("This plan cannot be applied: {refused}.", refused=refused), "red")
    if not plan.has_changes:
        key = plan.project
        return message(
            "Nothing to do: {app} (stage {stage}, {region}) matches serverless.yml.",
            app=safe(key.app),
            stage=safe(key.stage),
            region=safe(key.region),
        )
    return style.paint(message("Plan: {counts}", counts=plan_counts(plan)), "bold")
