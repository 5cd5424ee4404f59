"""Load balancer rule used by another function.

## What is wrong

`clb` triggers of two functions have the same load balancer, listener, domain and path.

## Why

A forwarding rule routes to one function, so the second trigger cannot be created. Only functions that are deployed
together are compared.

## Wrong

Two functions of one project with the same `clb` trigger.

## Right

A different `url` for each function.
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import Project, TriggerSpec
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import triggers_of


@project_rule(
    "clb-rule-taken",
    Severity.ERROR,
    "Load balancer rule used by another function",
    detail='{name} is already used by function "{function_name}".',
    hint="Give them different paths.",
    looks_at=("triggers.clb",),
)
def clb_rule_taken(project: Project) -> Findings:
    first: dict[str, TriggerSpec] = {}
    for function in project.functions:
        for trigger in triggers_of(function, "clb"):
            taken = first.setdefault(trigger.name, trigger)
            if taken.address.of != trigger.address.of and "url" in trigger.settings:
                yield clb_rule_taken.trigger_finding(
                    trigger,
                    "url",
                    related=((message("first defined here"), taken.span),),
                    name=trigger.name,
                    function_name=taken.address.function,
                )
