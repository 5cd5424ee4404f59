"""COS trigger without the full domain of its bucket.

## What is wrong

`bucket` of a `cos` trigger is not `NAME-APPID.cos.REGION.myqcloud.com`.

## Why

The platform identifies the bucket and the trigger by this domain. It rejects the short name that COS tools use, and
addresses with `https://`.

## Wrong

```yaml
events:
  - cos:
      parameters:
        bucket: photos-1300000001
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

import re

from scfdeploy.diagnostics import Severity, message
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]*-\d+\.cos\.(?P<region>[a-z0-9-]+)\.myqcloud\.com")


@rule(
    "cos-bucket-form",
    Severity.ERROR,
    "Incomplete bucket domain",
    detail='"{bucket}" is not a bucket domain: use NAME-APPID.cos.REGION.myqcloud.com.',
    hint="{advice}",
    code="InvalidParameterValue.Cos",
    looks_at=("triggers.cos",),
)
def cos_bucket_form(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "cos"):
        bucket = text(trigger.settings, "bucket")
        if bucket is not None and not BUCKET.fullmatch(bucket):
            yield cos_bucket_form.trigger_finding(
                trigger, "bucket", bucket=bucket, advice=_hint(bucket, function.region)
            )


def _hint(bucket: str, region: str) -> str:
    plain = bucket.strip().removeprefix("https://").removeprefix("http://").rstrip("/").lower()
    if BUCKET.fullmatch(plain):
        return message('Use "{plain}".', plain=plain)
    name = plain.partition(".")[0]
    region = region if region in region_names() else "REGION"
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*-\d{6,}", name):
        return message('Use "{name}.cos.{region}.myqcloud.com".', name=name, region=region)
    return message(
        'Use "{name}-APPID.cos.{region}.myqcloud.com", with the APPID of your account.',
        name=name or "name",
        region=region,
    )
