"""Duplicate custom domain.

## What is wrong

A custom domain is listed twice: by two functions of the project, or twice by one.

## Why

A domain is one resource with one list of routes. With two definitions, only one would be deployed.

## Wrong

```text
functions:
  shop:
    customDomains: [{domain: example.com}]
  api:
    customDomains: [{domain: example.com}]
```

## Right

```text
functions:
  shop:
    customDomains:
      - domain: example.com
        routes:
          - path: /*
          - {path: /api/*, function: api}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import Address, DomainSpec, Project, domains_of
from scfdeploy.rules.rule import Findings, project_rule


@project_rule(
    "domain-twice",
    Severity.ERROR,
    "Duplicate custom domain",
    detail='{function} lists the domain "{domain}" too.',
    hint="List it once, with a route for each function.",
    looks_at=("settings.customDomains",),
)
def domain_twice(project: Project) -> Findings:
    first: dict[Address, DomainSpec] = {}
    for domain in domains_of(project):
        other = first.setdefault(domain.address, domain)
        if other is not domain:
            taken = other.function.span_of("customDomains", other.position, "domain")
            yield domain_twice.finding_at(
                domain.function,
                "customDomains",
                domain.position,
                "domain",
                related=((message("first listed here"), taken),),
                domain=domain.address.name,
                function=other.function.address,
            )
