"""Invalid VPC or subnet id.

## What is wrong

`vpcConfig.vpcId` does not begin with `vpc-`, or `vpcConfig.subnetId` does not begin with `subnet-`.

## Why

The platform finds both by id, and rejects the function otherwise. The names shown in the console are not ids.

## Wrong

```yaml
vpcConfig:
  vpcId: subnet-b2xk4e1q
  subnetId: vpc-8f3k2m1p
```

## Right

```yaml
vpcConfig:
  vpcId: vpc-8f3k2m1p
  subnetId: subnet-b2xk4e1q
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, text

_PREFIXES = (("vpcId", "vpc-"), ("subnetId", "subnet-"))


@rule(
    "vpc-id",
    Severity.ERROR,
    "Invalid VPC or subnet id",
    detail='vpcConfig.{name} is "{written}"; it must begin with "{prefix}".',
    code="InvalidParameterValue.Vpc",
    looks_at=("settings.vpcConfig",),
)
def vpc_id(function: FunctionSpec, context: Context) -> Findings:
    network = block_of(function, "vpcConfig")
    # Both empty is valid: it takes the function out of its VPC.
    if not any(text(network, name) for name, _ in _PREFIXES):
        return
    for name, prefix in _PREFIXES:
        written = text(network, name)
        if written is None or re.fullmatch(re.escape(prefix) + r"[A-Za-z0-9]+", written):
            continue
        swapped = any(written.startswith(other) for _, other in _PREFIXES)
        yield vpc_id.finding_at(
            function,
            "vpcConfig",
            name,
            hint="vpcId and subnetId appear to be swapped." if swapped else "Copy the id from the console.",
            name=name,
            written=written,
            prefix=prefix,
        )
