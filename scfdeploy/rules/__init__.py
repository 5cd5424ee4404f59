"""The checks over a project that was read: one module per rule, and the runner. Pages about them are in `pages`."""

from scfdeploy.rules.registry import all_rules, rule_ids
from scfdeploy.rules.rule import Context, ProjectRule, Rule, project_rule, rule
from scfdeploy.rules.runner import check

__all__ = ["Context", "ProjectRule", "Rule", "all_rules", "check", "project_rule", "rule", "rule_ids"]
