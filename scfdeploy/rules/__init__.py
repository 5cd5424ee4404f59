"""The checks over a project that was read: one module per rule, and the runner. Pages about them are in `pages`."""

from scfdeploy.rules.rule import Context, ProjectRule, Rule, RuleInfo
from scfdeploy.rules.runner import check
from scfdeploy.rules.table import all_rules

__all__ = ["Context", "ProjectRule", "Rule", "RuleInfo", "all_rules", "check"]
