"""COS trigger on a bucket of another region.

## What is wrong

The bucket of a `cos` trigger lies in another region than the function.

## Why

A bucket calls functions of its own region only.

## Wrong

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-beijing.myqcloud.com
        events: "cos:ObjectCreated:*"
        enable: true
```

## Right

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001.cos.ap-guangzhou.myqcloud.com
        events: "cos:ObjectCreated:*"
        enable: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.triggers.cos_bucket_form import BUCKET
from scfdeploy.rules.values import text, triggers_of

INFO = RuleInfo("cos-bucket-region", "InvalidParameterValue.Cos", Severity.ERROR, "0.1.0", "Bucket in another region")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find buckets whose region is not the function's."""
    for trigger in triggers_of(function, "cos"):
        bucket = BUCKET.fullmatch(text(trigger.settings, "bucket") or "")
        if bucket is not None and bucket["region"] != function.region:
            yield INFO.found_in(
                trigger,
                "bucket",
                detail=f'The bucket is in "{bucket["region"]}", the function in "{function.region}".',
                hint=f"Use a bucket in {function.region}, or deploy the function to {bucket['region']}.",
            )


RULE = Rule(INFO, check)
