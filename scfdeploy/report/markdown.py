"""A result as Markdown, for a comment on a pull request or a job's summary."""

from __future__ import annotations

import re

from scfdeploy.report.results import Planned, Result
from scfdeploy.report.text import Look, Parts, parts

_LONGEST = 60_000  # GitHub takes 65,536 characters in one comment
_SYMBOL = re.compile(r"^ {0,2}(-/\+|[+~!-]) (?=\S)", re.MULTILINE)


def markdown(result: Result, _look: Look) -> Parts:
    """A heading that says it all, and the text under it in a fence, so that no word of it is read as Markdown."""
    text = parts(result, Look(color=False, width=120))
    heading = _heading(result, text.out)
    blocks = [f"### {heading}"]
    if text.err:
        blocks.append(_fenced("text", text.err))
    if text.out:
        blocks.append(_fenced("diff", _SYMBOL.sub(_at_line_start, text.out)))
    return Parts("\n\n".join(blocks) + "\n", "")


def _heading(result: Result, text: str) -> str:
    match result:
        case Planned(plan=plan) if plan is not None and not plan.refused and plan.has_changes:
            return f"scfdeploy: {text.rstrip().splitlines()[-1].removeprefix('Plan: ')}"
        case Planned(plan=plan) if plan is not None and not plan.refused:
            return "scfdeploy: nothing to do"
        case Planned(plan=plan) if plan is not None:
            return "scfdeploy: this plan cannot be applied"
        case _:
            return "scfdeploy: no plan"


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
