"""Unknown protocol of a custom domain.

## What is wrong

`protocols` of a custom domain has a value other than `http` and `https`, or is empty.

## Why

A custom domain accepts HTTP, HTTPS or both.

## Wrong

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    protocols: [ws]
```

## Right

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    protocols: [http]
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.model.domains import HTTP, HTTPS, normal_protocols
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, texts


@rule(
    "domain-protocol",
    Severity.ERROR,
    "Unknown protocol",
    detail='"{protocol}" is not a protocol of a custom domain.',
    hint="Write http, https or both.",
    looks_at=("settings.customDomains",),
)
def domain_protocol(function: FunctionSpec, context: Context) -> Findings:
    for index, entry in blocks(function.settings, "customDomains"):
        for position, protocol in texts(entry, "protocols"):
            if not protocol or not set(normal_protocols(protocol)) <= {HTTP, HTTPS}:
                path = ("customDomains", index, "protocols", position)
                yield domain_protocol.finding_at(function, *path, protocol=protocol)
