"""COS suffix without a dot.

## What is wrong

`filter.suffix` of a `cos` trigger does not begin with a dot.

## Why

The platform takes endings of file names only, such as `.jpg`, and refuses any other text.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import block, text, triggers_of


@rule(
    "cos-suffix-form",
    Severity.ERROR,
    "Suffix without a dot",
    detail='"{suffix}" does not begin with a dot.',
    hint='Use ".{suffix_text}".',
    code="InvalidParameterValue.Cos",
    looks_at=("triggers.cos",),
)
def cos_suffix_form(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find suffixes that begin with anything else."""
    for trigger in triggers_of(function, "cos"):
        suffix = text(block(trigger.settings, "filter"), "suffix")
        if suffix and not suffix.startswith("."):
            yield cos_suffix_form.trigger_finding(
                trigger, "filter", "suffix", suffix=suffix, suffix_text=suffix.lstrip("*.")
            )
