"""The public page of each rule, made of what its module says of itself."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from scfdeploy.facts import limit
from scfdeploy.rules.rule import ProjectRule, Rule, RuleInfo
from scfdeploy.rules.runner import CRASHED
from scfdeploy.rules.table import all_rules

PARTS = ("What is wrong", "Why", "Wrong", "Right")
"""The parts of every page, in this order."""

_NUMBER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)+)\}")


def page(rule: Rule | ProjectRule) -> str:
    """One rule's page, as Markdown. Numbers come from the table of limits."""
    title, _, text = _docstring(rule).partition("\n")
    body = _NUMBER.sub(lambda match: str(limit(match[1])), text.strip())
    return f"# {rule.info.id}\n\n{title.strip()}\n\n{_facts(rule.info)}\n\n{body}\n"


def pages() -> Mapping[str, str]:
    """Every page by its file name, and `index.md` with the list of them."""
    found = {f"{rule.info.id}.md": page(rule) for rule in all_rules()}
    return {"index.md": _index(), **found}


def parts(rule: Rule | ProjectRule) -> Mapping[str, str]:
    """The text of each part of a rule's page by its heading, in the order in which they stand."""
    pieces = re.split(r"^## (.+)\n", page(rule), flags=re.MULTILINE)
    return {heading: text.strip() for heading, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def _docstring(rule: Rule | ProjectRule) -> str:
    return sys.modules[rule.check.__module__].__doc__ or ""


def _facts(info: RuleInfo) -> str:
    code = f"`{info.code}`" if info.code else "none of its own"
    return f"Severity: {info.severity} · Code of the cloud: {code} · Since {info.since}"


def _index() -> str:
    head = (
        "# Rules\n\n"
        "What `scfdeploy validate` finds in a project that could be read. Choose with `--select RULE` and\n"
        "`--ignore RULE`. Generated from the rules by `scripts/generate_rule_pages.py`.\n\n"
        "| rule | severity | finds |\n| --- | --- | --- |\n"
    )
    rows = [
        f"| [{rule.info.id}]({rule.info.id}.md) | {rule.info.severity} | {_first_line(rule)} |" for rule in all_rules()
    ]
    crashed = f"| {CRASHED.id} | {CRASHED.severity} | A rule that could not finish; the others went on. |"
    return head + "\n".join(sorted([*rows, crashed], key=lambda row: row.strip("| ["))) + "\n"


def _first_line(rule: Rule | ProjectRule) -> str:
    return _docstring(rule).partition("\n")[0]
