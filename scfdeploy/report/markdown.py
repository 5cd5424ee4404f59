"""Results as Markdown, for comments on pull requests and summaries of jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.results import Applied, Failed, Planned, Result, StatusReport, Validated

if TYPE_CHECKING:
    from scfdeploy.plan import Plan

_MAX_LENGTH = 60_000
"""GitHub accepts 65,536 characters in a comment."""

_SYMBOL = re.compile(r"^ {0,2}(-/\+|[+~!-]) (?=\S)", re.MULTILINE)


def markdown(result: Result, _style: TextStyle) -> RenderedOutput:
    """A heading with the summary, and the text of the result in a fence, where no Markdown is interpreted."""
    text = render_output(result, TextStyle(color=False, width=120))
    blocks = [f"### scfdeploy: {_summary(result)}"]
    if isinstance(result, Planned | Applied) and result.plan is not None:
        key = result.plan.project
        names = (("app", key.app), ("stage", key.stage), ("region", key.region))
        blocks.append(", ".join(f"{label} {_code(name)}" for label, name in names if name))
    if text.err:
        blocks.append(_fenced("text", text.err))
    if text.out:
        blocks.append(_fenced("diff", _SYMBOL.sub(_at_line_start, text.out)))
    return RenderedOutput("\n\n".join(blocks) + "\n", "")


def _summary(result: Result) -> str:
    match result:
        case Planned(plan=plan) if plan is not None:
            return _plan_summary(plan)
        case Applied(command=command, ok=ok):
            from scfdeploy.report.text.applied import applied_counts

            end = message("{command} done", command=command) if ok else message("{command} failed", command=command)
            is_run = result.plan is not None and not result.plan.rejected
            return message("{end}: {counts}", end=end, counts=applied_counts(result)) if is_run else end
        case Validated(ok=ok):
            return message("the configuration is valid") if ok else message("the configuration has errors")
        case Failed(command=command):
            return message("{command} failed", command=command)
        case StatusReport(ok=True):
            return message("status")
        case _:
            return message("no plan")


def _plan_summary(plan: Plan) -> str:
    if plan.rejected:
        return message("this plan cannot be applied")
    if not plan.has_changes:
        return message("nothing to do")
    from scfdeploy.report.text.plan import plan_counts

    return plan_counts(plan)


def _code(text: str) -> str:
    return f"`{safe(text).replace('`', ' ')}`"


def _at_line_start(match: re.Match[str]) -> str:
    # Diff highlighting looks at the first character; `!` marks a change, and `~` nothing.
    symbol = match[1]
    return f"{'!' if symbol == '~' else symbol} "


def _fenced(language: str, text: str) -> str:
    text = text.rstrip("\n")
    if len(text) > _MAX_LENGTH:
        more = message("… ({number} more characters)", number=len(text) - _MAX_LENGTH)
        text = f"{text[:_MAX_LENGTH]}\n{more}"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
