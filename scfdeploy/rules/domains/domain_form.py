"""Invalid custom domain.

## What is wrong

`domain` is not a plain host name: it has a wildcard, a scheme, a port or a path, or it has no dot.

## Why

The platform accepts single host names only. A wildcard such as `*.example.com` is not supported.

## Wrong

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: https://*.example.com/
```

## Right

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text

_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])", re.IGNORECASE)
_MAX_LENGTH = 253


@rule(
    "domain-form",
    Severity.ERROR,
    "Invalid custom domain",
    detail='"{domain}" is not a host name such as api.example.com.',
    hint="Write the host name alone: no wildcard, scheme, port or path.",
    code="InvalidParameterValue.Domain",
    looks_at=("settings.customDomains",),
)
def domain_form(function: FunctionSpec, context: Context) -> Findings:
    for index, entry in blocks(function.settings, "customDomains"):
        domain = text(entry, "domain")
        if domain is not None and (not _HOST.fullmatch(domain) or len(domain) > _MAX_LENGTH):
            yield domain_form.finding_at(function, "customDomains", index, "domain", domain=domain)
