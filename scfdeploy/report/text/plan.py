"""A plan for people: what happens to which resource, why, and which settings change."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.plan import Action, Change, FieldChange, Plan, Refusal
from scfdeploy.report.actions import SYMBOLS
from scfdeploy.report.humanize import count
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.text.values import change_text
from scfdeploy.results import Planned

_COLOURS = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.REPLACE: "magenta",
    Action.DELETE: "red",
    Action.NO_OP: "dim",
}
_COUNTED = (
    (Action.CREATE, "to create"),
    (Action.UPDATE, "to update"),
    (Action.REPLACE, "to replace"),
    (Action.DELETE, "to delete"),
)


def render_planned(result: Planned, style: TextStyle) -> str:
    """The plan; nothing when the configuration has errors, which then say enough."""
    if result.plan is None:
        return ""
    saved = f"Saved to {safe(result.saved_to)}; run apply --plan to apply it.\n" if result.saved_to else ""
    return saved + render_plan(result.plan, style)


def render_plan(plan: Plan, style: TextStyle) -> str:
    """Every change, what is refused, what was seen and left alone, and a last line that counts."""
    blocks = ["\n".join(_change(change, style)) for change in plan.changes if _is_shown(change)]
    blocks += ["\n".join(_refusal(refused, style)) for refused in plan.rejected]
    if plan.unmanaged:
        blocks.append(left_alone(plan, style))
    return "\n\n".join([*blocks, _last_line(plan, style)]) + "\n"


def left_alone(plan: Plan, style: TextStyle) -> str:
    """What was seen and left alone, a line each."""
    return "\n".join(style.paint(f"  {safe(str(at))}: {safe(words)}", "dim") for at, words in plan.unmanaged)


def _is_shown(change: Change) -> bool:
    return change.action is not Action.NO_OP or bool(change.warnings)


def _change(change: Change, style: TextStyle) -> Iterator[str]:
    symbol = style.paint(f"{SYMBOLS[change.action]:>3}", _COLOURS[change.action], "bold")
    reason = f" {style.paint(f'({safe(change.reason)})', 'dim')}" if change.reason else ""
    yield f"{symbol} {style.paint(safe(str(change.address)), 'bold')}{reason}"
    for field in change.fields:
        yield f"      {_field(field, change.action, style)}"
    for warning in change.warnings:
        yield f"      {style.paint(f'warning: {safe(warning)}', 'yellow')}"


def _field(field: FieldChange, action: Action, style: TextStyle) -> str:
    path = safe(field.path)
    room = style.width - len(path) - 12
    text = change_text(field, room)
    if field.before is None and action in (Action.UPDATE, Action.REPLACE):
        text = f"(not set) -> {text}"
    forces = style.paint("  # forces replacement", "red") if field.forces_replace and action is Action.REPLACE else ""
    return f"{path}: {text}{forces}"


def _refusal(refused: Refusal, style: TextStyle) -> Iterator[str]:
    name = style.paint(f"[{safe(refused.rule)}]", "dim")
    yield f"  {style.paint('!', 'red', 'bold')} {style.paint(safe(str(refused.address)), 'bold')}"
    yield f"      {style.paint(f'refused: {safe(refused.reason)}', 'red')} {name}"
    for number, line in enumerate(safe_lines(refused.hint)):
        yield f"      {style.paint('hint:', 'cyan')} {line}" if number == 0 else f"            {line}"


def _last_line(plan: Plan, style: TextStyle) -> str:
    if plan.rejected:
        return style.paint(f"This plan cannot be applied: {count(len(plan.rejected), 'change')} refused.", "red")
    if not plan.has_changes:
        return f"Nothing to do: {project_words(plan)} matches serverless.yml."
    parts = [f"{plan.count(action)} {words}" for action, words in _COUNTED if plan.count(action)]
    return style.paint(f"Plan: {', '.join(parts)}; {plan.count(Action.NO_OP)} unchanged.", "bold")


def project_words(plan: Plan) -> str:
    """Which project it is for, with stage and region."""
    key = plan.project
    return safe(f"{key.app} ({key.stage}, {key.region})")
