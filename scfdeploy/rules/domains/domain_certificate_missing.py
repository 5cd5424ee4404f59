"""HTTPS without a certificate.

## What is wrong

`protocols` of a custom domain contains `https`, and `certificateId` is missing.

## Why

The platform needs a certificate for the domain to answer HTTPS. Upload or request one in the SSL certificate service;
its id is not a secret.

## Wrong

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    protocols: [https]
```

## Right

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    protocols: [https]
    certificateId: BxxJ3DK7
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.model.domains import HTTPS, normal_protocols
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks


@rule(
    "domain-certificate-missing",
    Severity.ERROR,
    "HTTPS without a certificate",
    detail="HTTPS needs the id of a certificate.",
    hint="Add `certificateId:` with the id that the SSL certificate service shows.",
    looks_at=("settings.customDomains",),
)
def domain_certificate_missing(function: FunctionSpec, context: Context) -> Findings:
    for index, entry in blocks(function.settings, "customDomains"):
        if HTTPS in normal_protocols(entry.get("protocols")) and not entry.get("certificateId"):
            yield domain_certificate_missing.finding_at(function, "customDomains", index, "protocols")
