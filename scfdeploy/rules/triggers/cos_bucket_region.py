"""COS bucket in another region.

## What is wrong

The bucket of a `cos` trigger is in another region than the function.

## Why

A bucket can invoke only functions in its own region.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.triggers.cos_bucket_form import BUCKET
from scfdeploy.rules.values import text, triggers_of


@rule(
    "cos-bucket-region",
    Severity.ERROR,
    "Bucket in another region",
    detail='The bucket is in "{bucket_region}", but the function is in "{region}".',
    hint="Use a bucket in {region}, or deploy the function to {bucket_region}.",
    code="InvalidParameterValue.Cos",
    looks_at=("triggers.cos",),
)
def cos_bucket_region(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "cos"):
        bucket = BUCKET.fullmatch(text(trigger.settings, "bucket") or "")
        if bucket is not None and bucket["region"] != function.region:
            yield cos_bucket_region.trigger_finding(
                trigger, "bucket", bucket_region=bucket["region"], region=function.region
            )
