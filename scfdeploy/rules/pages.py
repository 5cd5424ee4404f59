"""The public page of each rule, made of what its module says of itself."""

from __future__ import annotations

import re
import sys

from scfdeploy.diagnostics.page import PARTS, Page
from scfdeploy.facts import limit
from scfdeploy.rules.registry import all_rules
from scfdeploy.rules.rule import ProjectRule, Rule
from scfdeploy.rules.runner import CRASHED

__all__ = ["PARTS", "page", "page_of", "parts", "rule_pages"]

_NUMBER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)+)\}")


def page_of(rule: Rule | ProjectRule) -> Page:
    """One rule's page. Numbers come from the table of limits."""
    title, _, text = (sys.modules[rule.check.__module__].__doc__ or "").partition("\n")
    body = _NUMBER.sub(lambda match: str(limit(match[1])), text.strip())
    return Page(rule.id, rule.severity, title.strip(), body, rule.codes, rule.since)


def rule_pages() -> tuple[Page, ...]:
    """The pages of all rules, and of the finding that one of them failed."""
    return (*(page_of(rule) for rule in all_rules()), CRASHED.page())


def page(rule: Rule | ProjectRule) -> str:
    """One rule's page, as Markdown."""
    return page_of(rule).markdown


def parts(rule: Rule | ProjectRule) -> dict[str, str]:
    """The text of each part of a rule's page by its heading, in the order in which they stand."""
    return page_of(rule).parts
