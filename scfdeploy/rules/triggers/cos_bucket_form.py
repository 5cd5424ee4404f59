"""COS trigger without the full domain of its bucket.

## What is wrong

`bucket` of a `cos` trigger is not `NAME-APPID.cos.REGION.myqcloud.com`.

## Why

The platform calls the trigger by that domain and finds the bucket by it. The short name that COS tools take is
refused, and so are the addresses with `https://`.

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
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text, triggers_of

INFO = RuleInfo(
    "cos-bucket-form", "InvalidParameterValue.Cos", Severity.ERROR, "0.1.0", "Bucket without its full domain"
)

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]*-\d+\.cos\.(?P<region>[a-z0-9-]+)\.myqcloud\.com")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find buckets in any other form."""
    for trigger in triggers_of(function, "cos"):
        bucket = text(trigger.settings, "bucket")
        if bucket is not None and not BUCKET.fullmatch(bucket):
            yield INFO.found_in(
                trigger,
                "bucket",
                detail=f'"{bucket}" is not the domain of a bucket: NAME-APPID.cos.REGION.myqcloud.com.',
                hint=_hint(bucket, function.region),
            )


def _hint(bucket: str, region: str) -> str:
    plain = bucket.strip().removeprefix("https://").removeprefix("http://").rstrip("/").lower()
    if BUCKET.fullmatch(plain):
        return f'Write "{plain}".'
    name = plain.partition(".")[0]
    region = region if region in region_names() else "REGION"
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*-\d{6,}", name):
        return f'Write "{name}.cos.{region}.myqcloud.com".'
    return f'Write "{name or "name"}-APPID.cos.{region}.myqcloud.com", with the number of your account for APPID.'


RULE = Rule(INFO, check)
