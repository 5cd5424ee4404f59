"""Two COS triggers that one object would call.

## What is wrong

Two `cos` triggers, of one function or of two, are on one bucket with events that can be the same, and neither
prefix nor suffix tells their objects apart. An event ends in `*` for all of its kind.

## Why

A bucket calls one function for each object and event. The platform refuses the second rule, after the functions have
been deployed. A `cos:ObjectCreated:*` without a filter leaves no room for any other rule over new objects.

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

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import Project, TriggerSpec
from scfdeploy.rules.rule import ProjectRule, RuleInfo
from scfdeploy.rules.values import triggers_of
from scfdeploy.triggers.cos import CosRule, rule_of

INFO = RuleInfo(
    "cos-rules-overlap",
    "InvalidParameterValue.CosNotifyRuleConflict",
    Severity.ERROR,
    "0.1.0",
    "Two rules of one bucket overlap",
)


def check(project: Project) -> Iterator[Diagnostic]:
    """Find rules that an earlier one of the same bucket leaves no room for."""
    earlier: dict[str, list[tuple[CosRule, TriggerSpec]]] = {}
    for function in project.functions:
        for trigger in triggers_of(function, "cos"):
            rule = rule_of(trigger.settings)
            if rule is None:
                continue
            others = earlier.setdefault(rule.bucket, [])
            taken = next((found for found in others if _overlap(rule, found[0])), None)
            if taken is not None:
                yield _found(trigger, rule, *taken)
            others.append((rule, trigger))


def _found(trigger: TriggerSpec, rule: CosRule, other: CosRule, first: TriggerSpec) -> Diagnostic:
    whose = "" if first.address.of == trigger.address.of else f' of function "{first.address.function}"'
    found = INFO.found_in(
        trigger,
        "events",
        detail=f"{_told(rule)} overlaps with {_told(other)}{whose} in line {first.span.start.line}.",
        hint="Give them different prefixes or suffixes, or events of different kinds.",
    )
    return replace(found, related=(("the first one", first.span),))


def _told(rule: CosRule) -> str:
    parts = [f'prefix "{rule.prefix}"'] if rule.prefix else []
    parts += [f'suffix "{rule.suffix}"'] if rule.suffix else []
    return f"{rule.event} ({' and '.join(parts) or 'all objects'})"


def _overlap(one: CosRule, other: CosRule) -> bool:
    kind, _, detail = one.event.rpartition(":")
    other_kind, _, other_detail = other.event.rpartition(":")
    return (
        kind == other_kind
        and (detail == other_detail or "*" in (detail, other_detail))
        and (one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix))
        and (one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix))
    )


RULE = ProjectRule(INFO, check)
