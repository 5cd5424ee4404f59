"""Results as Markdown, for comments on pull requests and summaries of jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.report.humanize import byte_count
from scfdeploy.report.terminal import safe
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.report.text.style import Detail
from scfdeploy.results import Applied, Failed, Planned, Result, Validated
from scfdeploy.results.status import StatusReport

if TYPE_CHECKING:
    from scfdeploy.plan import Plan

COMMENT_CHARACTERS = 60_000
"""GitHub accepts 65,536 characters in a comment, and pipelines add some of their own."""

SUMMARY_BYTES = 1 << 20
"""GitHub accepts 1 MiB in the summary of a step."""

_DETAILS = (Detail.FULL, Detail.GROUPED, Detail.SUMMARY)
_FRAME = 200
"""More than fences and empty lines take."""

_SHORT_LINE = 2000

_SYMBOL = re.compile(r"^ {0,2}(-/\+|[+~!-]) (?=\S)", re.MULTILINE)


def markdown(result: Result, _style: TextStyle) -> RenderedOutput:
    """The document for a comment: with as much detail as fits."""
    return document_within(result, COMMENT_CHARACTERS)


def step_summary(result: Result, _style: TextStyle) -> RenderedOutput:
    """The document for the summary of a step in GitHub Actions, which takes more than a comment."""
    return document_within(result, SUMMARY_BYTES - COMMENT_CHARACTERS)


def document_within(result: Result, room: int) -> RenderedOutput:
    """A heading with the summary, and the text of the result in a fence, where no Markdown is interpreted.

    A result that takes more than `room` bytes has less detail: similar changes together, then counts and what must not
    be overlooked. Only if that is too much, lines are left out.
    """
    for detail in _DETAILS:
        text = _document(result, detail, room=None)
        if byte_count(text) <= room:
            return RenderedOutput(text, "")
    return RenderedOutput(_document(result, Detail.SUMMARY, room=room), "")


def _document(result: Result, detail: Detail, *, room: int | None) -> str:
    text = render_output(result, TextStyle(color=False, width=120, detail=detail))
    blocks = [f"### scfdeploy: {_summary(result)}"]
    if isinstance(result, Planned | Applied) and result.plan is not None:
        key = result.plan.project
        names = (("app", key.app), ("stage", key.stage), ("region", key.region))
        blocks.append(", ".join(f"{label} {code_span(name)}" for label, name in names if name))
        if result.plan.targets:
            blocks.append(f"**{message('Partial plan, limited by --target.')}**")
    if detail is not Detail.FULL:
        blocks.append(message("Shortened to fit. Run the command in a terminal for all details."))
    out, err = _SYMBOL.sub(_at_line_start, text.out), text.err
    if room is not None:
        room -= sum(map(byte_count, blocks)) + _FRAME
        err = _cut(err, max(room // 3, room - byte_count(out)))
        out = _cut(out, room - byte_count(err))
    if err:
        blocks.append(fenced("text", err))
    if out:
        blocks.append(fenced("diff", out))
    return "\n\n".join(blocks) + "\n"


def _cut(text: str, room: int) -> str:
    """The first lines that fit, and the number of the others."""
    if byte_count(text) <= room:
        return text
    lines = text.split("\n")
    kept: list[str] = []
    for line in lines:
        room -= byte_count(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        kept = [lines[0][:_SHORT_LINE]]
    return "\n".join([*kept, message("… ({number} more lines)", number=len(lines) - len(kept))])


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


def code_span(text: str) -> str:
    """Text as code within a line."""
    return f"`{safe(text).replace('`', ' ')}`"


def _at_line_start(match: re.Match[str]) -> str:
    # Diff highlighting looks at the first character; `!` marks a change, and `~` nothing.
    symbol = match[1]
    return f"{'!' if symbol == '~' else symbol} "


def fenced(language: str, text: str) -> str:
    """Text in a fence that is longer than any in it."""
    text = text.rstrip("\n")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
