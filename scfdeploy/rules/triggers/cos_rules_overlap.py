"""Overlapping COS triggers.

## What is wrong

Two `cos` triggers, of one function or of two, watch the same bucket for overlapping events, and their prefixes and
suffixes do not separate the objects. An event that ends in `*` includes all events of its kind.

## Why

A bucket invokes one function for each object and event. The platform rejects the second rule after the functions have
been deployed. A `cos:ObjectCreated:*` without a filter overlaps with every other rule for new objects.

## Wrong

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:Put"
        filter: {suffix: .jpg}
        enable: true
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:*"
        enable: true
```

## Right

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:Put"
        filter: {suffix: .jpg}
        enable: true
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:*"
        filter: {suffix: .png}
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.model import Project, TriggerSpec
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import triggers_of
from scfdeploy.triggers.cos import CosRule, rule_of


@project_rule(
    "cos-rules-overlap",
    Severity.ERROR,
    "Overlapping rules of one bucket",
    hint="Give them different prefixes or suffixes, or events of different kinds.",
    code="InvalidParameterValue.CosNotifyRuleConflict",
    looks_at=("triggers.cos",),
)
def cos_rules_overlap(project: Project) -> Findings:
    earlier: dict[str, list[tuple[CosRule, TriggerSpec]]] = {}
    for function in project.functions:
        for trigger in triggers_of(function, "cos"):
            rule = rule_of(trigger.settings)
            if rule is None:
                continue
            others = earlier.setdefault(rule.bucket, [])
            taken = next((entry for entry in others if _overlap(rule, entry[0])), None)
            if taken is not None:
                yield _overlap_finding(trigger, rule, *taken)
            others.append((rule, trigger))


def _overlap_finding(trigger: TriggerSpec, rule: CosRule, other: CosRule, first: TriggerSpec) -> Diagnostic:
    return cos_rules_overlap.trigger_finding(
        trigger,
        "events",
        detail="{rule} overlaps with {other} in line {line}."
        if first.address.of == trigger.address.of
        else '{rule} overlaps with {other} of function "{function}" in line {line}.',
        related=((message("first defined here"), first.span),),
        rule=_described(rule),
        other=_described(other),
        function=first.address.function,
        line=first.span.start.line,
    )


def _described(rule: CosRule) -> str:
    parts = [message('prefix "{prefix}"', prefix=rule.prefix)] if rule.prefix else []
    parts += [message('suffix "{suffix}"', suffix=rule.suffix)] if rule.suffix else []
    objects = join_messages(message(" and "), parts) if parts else message("all objects")
    return message("{event} ({objects})", event=rule.event, objects=objects)


def _overlap(rule: CosRule, other: CosRule) -> bool:
    kind, _, detail = rule.event.rpartition(":")
    other_kind, _, other_detail = other.event.rpartition(":")
    return (
        kind == other_kind
        and (detail == other_detail or "*" in (detail, other_detail))
        and (rule.prefix.startswith(other.prefix) or other.prefix.startswith(rule.prefix))
        and (rule.suffix.endswith(other.suffix) or other.suffix.endswith(rule.suffix))
    )
