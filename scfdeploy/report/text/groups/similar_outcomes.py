"""The outcomes of many changes: similar ones together, deletions and replacements each."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from scfdeploy.apply import Outcome, Status
from scfdeploy.diagnostics import message
from scfdeploy.plan import Action
from scfdeploy.report.actions import SYMBOLS, completed, failed
from scfdeploy.report.humanize import duration
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.applied import error_lines, outcome_lines
from scfdeploy.report.text.groups.similar_changes import kind_label, name_lines
from scfdeploy.report.text.style import TextStyle

_MAX_ERRORS = 8


def outcome_groups(outcomes: Sequence[Outcome], style: TextStyle) -> list[str]:
    """What succeeded, what was deleted or replaced, what was skipped, and the errors."""
    groups: dict[Hashable, list[Outcome]] = {}
    alone: list[Outcome] = []
    for outcome in outcomes:
        if outcome.status is Status.SUCCEEDED and outcome.action in (Action.DELETE, Action.REPLACE):
            alone.append(outcome)
        else:
            groups.setdefault(_kind(outcome), []).append(outcome)
    failed = [group for group in groups.values() if group[0].status is Status.FAILED]
    others = [group for group in groups.values() if group[0].status is not Status.FAILED]
    lines = [line for group in others for line in _group(group, style)]
    blocks = ["\n".join(lines)] if lines else []
    if alone:
        blocks.append("\n".join(line for outcome in alone for line in outcome_lines(outcome, style)))
    if failed:
        blocks.append("\n".join(_failures(failed, style)))
    return blocks


def _kind(outcome: Outcome) -> Hashable:
    code = outcome.error.code if outcome.error is not None and outcome.status is Status.FAILED else ""
    return (outcome.status, outcome.action, outcome.address.kind.name, code)


def _group(group: Sequence[Outcome], style: TextStyle) -> Iterator[str]:
    first = group[0]
    if len(group) == 1:
        yield from outcome_lines(first, style)
        return
    title = style.paint(f"{len(group)} × {kind_label([outcome.address for outcome in group])}", "bold")
    if first.status is Status.SUCCEEDED:
        times = [outcome.seconds for outcome in group]
        text = message(
            "{action} in {shortest} to {longest} each",
            action=completed(first.action),
            shortest=duration(min(times)),
            longest=duration(max(times)),
        )
        symbol = style.paint(f"{SYMBOLS[first.action]:>3}", "green")
        yield from style.lines(f"{symbol} {title}: {text}", hanging="      ")
        return
    reasons = {outcome.error.message for outcome in group if outcome.error is not None}
    reason = f": {safe(reasons.pop())}" if len(reasons) == 1 else ""
    yield from style.lines(
        f"  {style.paint('.', 'yellow')} {title}: {style.paint(message('skipped'), 'yellow')}{reason}", hanging="      "
    )
    yield from name_lines([outcome.address for outcome in group], "      ", style)


def _failures(groups: Sequence[Sequence[Outcome]], style: TextStyle) -> Iterator[str]:
    shown = groups[:_MAX_ERRORS]
    for group in shown:
        if len(group) == 1:
            yield from outcome_lines(group[0], style)
            continue
        addresses = [outcome.address for outcome in group]
        text = failed(group[0].action)
        title = style.paint(f"{len(group)} × {kind_label(addresses)}", "bold")
        mark = style.paint("!", "red", "bold")
        yield from style.lines(f"  {mark} {title}: {style.paint(text, 'red')}", hanging="      ")
        yield from name_lines(addresses, "      ", style)
        yield from error_lines(group[0], style)
        messages = {outcome.error.message for outcome in group if outcome.error is not None}
        if len(messages) > 1:
            text = message("and {number} other messages; see --no-group", number=len(messages) - 1)
            yield "      " + style.paint(text, "dim")
    more = sum(map(len, groups[len(shown) :]))
    if more:
        yield "  " + style.paint(message("and {number} more failures; see --no-group", number=more), "dim")
