"""Load balancer rule used by another function.

## What is wrong

`clb` triggers of two functions name the same load balancer, listener, domain and path.

## Why

A forwarding rule leads to one function. The second cannot be bound. This is seen
where both are deployed together.

## Wrong

Two files of one project with `clb` triggers that are equal but for the function.

## Right

A `url` of its own for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import Project, TriggerSpec
from scfdeploy.rules.rule import project_rule
from scfdeploy.rules.values import triggers_of


@project_rule(
    "clb-rule-taken",
    Severity.ERROR,
    "Load balancer rule used by another function",
    detail='{name} is already used by function "{function_name}".',
    hint="Give them different paths.",
    looks_at=("triggers.clb",),
)
def clb_rule_taken(project: Project) -> Iterator[Diagnostic]:
    """Find addresses that an earlier function has."""
    first: dict[str, TriggerSpec] = {}
    for function in project.functions:
        for trigger in triggers_of(function, "clb"):
            taken = first.setdefault(trigger.name, trigger)
            if taken.address.of != trigger.address.of and "url" in trigger.settings:
                found = clb_rule_taken.trigger_finding(
                    trigger, "url", name=trigger.name, function_name=taken.address.function
                )
                yield replace(found, related=(("the first one", taken.span),))
