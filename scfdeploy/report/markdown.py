"""A result as Markdown, for a comment on a pull request or a job's summary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scfdeploy.report.terminal import safe
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.results import Applied, Failed, Planned, Result, StatusReport, Validated

if TYPE_CHECKING:
    from scfdeploy.model import ProjectKey
    from scfdeploy.plan import Plan

_LONGEST = 60_000  # GitHub takes 65,536 characters in one comment
_VERDICT = re.compile(
    r"^(?:Done|(?:Applied|Destroyed|Done) in part|Failed|Interrupted|Nothing to do): (.+)$", re.MULTILINE
)
_SYMBOL = re.compile(r"^ {0,2}(-/\+|[+~!-]) (?=\S)", re.MULTILINE)


def markdown(result: Result, _style: TextStyle) -> RenderedOutput:
    """A heading that says it all, and the text under it in a fence, so that no word of it is read as Markdown."""
    text = render_output(result, TextStyle(color=False, width=120))
    heading = _heading(result, text.out)
    blocks = [f"### {heading}", *_whose(result)]
    if text.err:
        blocks.append(_fenced("text", text.err))
    if text.out:
        blocks.append(_fenced("diff", _SYMBOL.sub(_at_line_start, text.out)))
    return RenderedOutput("\n\n".join(blocks) + "\n", "")


def _heading(result: Result, text: str) -> str:
    match result:
        case Planned(plan=plan) if plan is not None:
            news = _planned(plan, text)
        case Applied(command=command, ok=ok):
            verdict = _VERDICT.search(text)
            news = f"{command} {'done' if ok else 'failed'}{f': {verdict[1]}' if verdict else ''}"
        case Validated(ok=ok):
            news = "the configuration is valid" if ok else "the configuration has errors"
        case Failed(command=command):
            news = f"{command} failed"
        case StatusReport(ok=True):
            news = "status"
        case _:
            news = "no plan"
    return f"scfdeploy: {news}"


def _planned(plan: Plan, text: str) -> str:
    if plan.rejected:
        return "this plan cannot be applied"
    if not plan.has_changes:
        return "nothing to do"
    # Below this line may stand where the plan was saved.
    counts = next((line for line in reversed(text.splitlines()) if line.startswith("Plan: ")), "")
    return counts.removeprefix("Plan: ")


def _whose(result: Result) -> list[str]:
    """App, stage and region: several plans may stand under each other."""
    match result:
        case Planned(plan=plan) | Applied(plan=plan) if plan is not None:
            project = plan.project
            return [", ".join(f"{word} {_code(name)}" for word, name in _names(project) if name)]
        case _:
            return []


def _names(project: ProjectKey) -> tuple[tuple[str, str], ...]:
    return ("app", project.app), ("stage", project.stage), ("region", project.region)


def _code(text: str) -> str:
    return f"`{safe(text).replace('`', ' ')}`"


def _at_line_start(match: re.Match[str]) -> str:
    # The diff highlighter looks at the first character; it knows `!` for a change and nothing for `~`.
    symbol = match[1]
    return f"{'!' if symbol == '~' else symbol} "


def _fenced(language: str, text: str) -> str:
    shown = text.rstrip("\n")
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}\n… cut: {len(shown) - _LONGEST} more characters"
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"
