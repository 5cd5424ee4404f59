"""The rules that check a project: one module per rule, in a folder per subject."""

from scfdeploy.rules.rule import Context, ProjectRule, Rule, project_rule, rule
from scfdeploy.rules.runner import ADVICE, DELIVERY_WARNINGS, OFF_BY_DEFAULT, ONCE_PER_FILE, all_rules, check, rule_ids

__all__ = [
    "ADVICE",
    "DELIVERY_WARNINGS",
    "OFF_BY_DEFAULT",
    "ONCE_PER_FILE",
    "Context",
    "ProjectRule",
    "Rule",
    "all_rules",
    "check",
    "project_rule",
    "rule",
    "rule_ids",
]
