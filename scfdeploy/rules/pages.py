"""The public page of each rule, made of what its module says of itself."""

from __future__ import annotations

import re
import sys

from scfdeploy.diagnostics.page import PARTS, Page, described
from scfdeploy.facts import limit
from scfdeploy.rules.rule import ProjectRule, Rule
from scfdeploy.rules.runner import CRASHED
from scfdeploy.rules.table import all_rules

__all__ = ["CRASHED_PAGE", "PARTS", "page", "page_of", "parts", "rule_pages"]

_NUMBER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)+)\}")

CRASHED_PAGE = described(
    CRASHED.id,
    CRASHED.severity,
    "A rule that could not finish; the others went on.",
    what="One of the rules broke down over this project, so what it looks for was not checked.",
    why="The mistake is in scfdeploy, not in the file; please report it, with the output of `--debug`.",
    wrong="A project that no test of scfdeploy foresaw.",
    right="`scfdeploy validate --ignore RULE`, until it is mended.",
)


def page_of(rule: Rule | ProjectRule) -> Page:
    """One rule's page. Numbers come from the table of limits."""
    title, _, text = (sys.modules[rule.check.__module__].__doc__ or "").partition("\n")
    body = _NUMBER.sub(lambda match: str(limit(match[1])), text.strip())
    info = rule.info
    codes = (*((info.code,) if info.code else ()), *info.further_codes)
    return Page(info.id, info.severity, title.strip(), body, codes, info.since)


def rule_pages() -> tuple[Page, ...]:
    """The pages of all rules, and of what is found when one of them breaks down."""
    return (*(page_of(rule) for rule in all_rules()), CRASHED_PAGE)


def page(rule: Rule | ProjectRule) -> str:
    """One rule's page, as Markdown."""
    return page_of(rule).markdown


def parts(rule: Rule | ProjectRule) -> dict[str, str]:
    """The text of each part of a rule's page by its heading, in the order in which they stand."""
    return page_of(rule).parts
