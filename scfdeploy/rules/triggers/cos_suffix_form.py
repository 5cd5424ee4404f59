"""COS suffix without a dot.

## What is wrong

`filter.suffix` of a `cos` trigger does not begin with a dot.

## Why

The platform accepts only file extensions such as `.jpg`.

## Wrong

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:*"
        filter: {suffix: jpg}
        enable: true
```

## Right

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:*"
        filter: {suffix: .jpg}
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block, text, triggers_of


@rule(
    "cos-suffix-form",
    Severity.ERROR,
    "Suffix without a dot",
    detail='"{suffix}" does not begin with a dot.',
    hint='Use ".{extension}".',
    code="InvalidParameterValue.Cos",
    looks_at=("triggers.cos",),
)
def cos_suffix_form(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "cos"):
        suffix = text(block(trigger.settings, "filter"), "suffix")
        if suffix and not suffix.startswith("."):
            yield cos_suffix_form.trigger_finding(
                trigger, "filter", "suffix", suffix=suffix, extension=suffix.lstrip("*.")
            )
