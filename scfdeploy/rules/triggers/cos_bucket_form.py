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

from scfdeploy.diagnostics import Severity, message, reworded
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule, span_in
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
            region = function.region if function.region in region_names() else ""
            domain = _domain(bucket, region or "REGION")
            yield cos_bucket_form.trigger_finding(
                trigger,
                "bucket",
                fix=reworded(span_in(trigger, ("bucket",)), bucket, domain)
                if _is_certain(bucket, domain, region)
                else (),
                bucket=bucket,
                advice=message('Use "{domain}".', domain=domain) if domain else _hint(bucket, region or "REGION"),
            )


def _plain(bucket: str) -> str:
    return bucket.strip().removeprefix("https://").removeprefix("http://").rstrip("/").lower()


def _domain(bucket: str, region: str) -> str:
    """The domain that is meant; empty if the APPID is missing."""
    plain = _plain(bucket)
    if BUCKET.fullmatch(plain):
        return plain
    name = plain.partition(".")[0]
    return f"{name}.cos.{region}.myqcloud.com" if re.fullmatch(r"[a-z0-9][a-z0-9-]*-\d{6,}", name) else ""


def _is_certain(bucket: str, domain: str, region: str) -> bool:
    """Whether the domain follows from the text: it has no domain of its own, or differs only in its scheme and case.

    A bucket with a trigger is in the region of the function.
    """
    plain = _plain(bucket)
    return bool(domain) and (plain == domain or ("." not in plain and bool(region)))


def _hint(bucket: str, region: str) -> str:
    name = _plain(bucket).partition(".")[0]
    return message(
        'Use "{name}-APPID.cos.{region}.myqcloud.com", with the APPID of your account.',
        name=name or "name",
        region=region,
    )
