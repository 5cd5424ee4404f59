"""The result of `doctor`: one block per check, with the cure; and the policy with the permissions of a project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import escape_json, pad, safe, width, wrap
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results.doctor import CheckResult, CheckState, DoctorReport
from scfdeploy.results.policy import PolicyShown

_COLORS: Mapping[CheckState, tuple[str, ...]] = {
    CheckState.OK: ("green",),
    CheckState.WARNING: ("yellow",),
    CheckState.FAILED: ("red", "bold"),
    CheckState.NOT_CHECKED: ("dim",),
}
_MIN_TEXT_WIDTH = 30
_CURE = "→ "


def render_doctor_report(result: DoctorReport, style: TextStyle) -> str:
    """The checks, and a summary."""
    return "".join(f"{line}\n" for line in _lines(result, style))


def _lines(result: DoctorReport, style: TextStyle) -> Iterator[str]:
    words = {
        CheckState.OK: message("ok"),
        CheckState.WARNING: message("warning"),
        CheckState.FAILED: message("failed"),
        CheckState.NOT_CHECKED: "-",
    }
    state_width = max(map(width, words.values()))
    name_width = max((width(check.name) for check in result.checks), default=0)
    indent = state_width + name_width + 4
    for check in result.checks:
        state = style.paint(pad(words[check.state], state_width), *_COLORS[check.state])
        first, *rest = _wrapped(check, style.width - indent)
        yield f"{state}  {pad(check.name, name_width)}  {first}".rstrip()
        yield from (" " * indent + line for line in rest)
    yield ""
    yield _summary(result, style)


def _wrapped(check: CheckResult, columns: int) -> list[str]:
    """The detail and, below it, the cure."""
    columns = max(columns, _MIN_TEXT_WIDTH)
    lines = wrap(safe(check.detail), columns)
    if check.cure:
        first, *rest = wrap(safe(check.cure), columns - len(_CURE))
        lines += [_CURE + first, *(" " * len(_CURE) + line for line in rest)]
    return lines


def _summary(result: DoctorReport, style: TextStyle) -> str:
    states = [check.state for check in result.checks]
    failures, warnings = states.count(CheckState.FAILED), states.count(CheckState.WARNING)
    unknown = states.count(CheckState.NOT_CHECKED)
    parts = [message("No problems found.")] if not failures else []
    if failures:
        parts.append(style.paint(message("Problems: {count}.", count=failures), "red", "bold"))
    if warnings:
        parts.append(message("Warnings: {count}.", count=warnings))
    if unknown:
        parts.append(message("Not checked: {count}.", count=unknown))
    return join_sentences(*parts)


def render_policy(result: PolicyShown, _style: TextStyle) -> str:
    """The JSON document of CAM; nothing if the files have errors."""
    if result.document is None:
        return ""
    return escape_json(json.dumps(result.document, ensure_ascii=False, indent=2)) + "\n"


def render_reasons(result: PolicyShown, style: TextStyle) -> str:
    """One line for each statement of the policy."""
    lines = [
        message(
            "statement {number}: {reason} ({actions} on {resources})",
            number=number,
            reason=safe(permission.reason),
            actions=plural(len(permission.actions), "{number} action", "{number} actions"),
            resources=safe(_resources(permission.resources)),
        )
        for number, permission in enumerate(result.permissions, 1)
    ]
    if result.role:
        # The calls are made with keys of the role, so its policy does not contain AssumeRole.
        lines.append(
            message(
                "scfdeploy.toml names a role: attach this policy to {role}. Your own keys only need sts:AssumeRole on"
                " that role, and its trust policy must name their account or user.",
                role=safe(result.role),
            )
        )
    return "".join(f"{style.paint(line, 'dim')}\n" for line in lines)


def _resources(names: Sequence[str]) -> str:
    if list(names) == ["*"]:
        return message("any resource")
    first = names[0].rpartition(":")[2]
    return first if len(names) == 1 else message("{first} and {count} more", first=first, count=len(names) - 1)
