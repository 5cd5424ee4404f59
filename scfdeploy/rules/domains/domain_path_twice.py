"""Duplicate path of a custom domain.

## What is wrong

Two routes of a custom domain have the same path.

## Why

A path calls one function.

## Wrong

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    routes:
      - path: /*
      - {path: /*, function: other}
```

## Right

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    routes:
      - path: /*
      - {path: /other/*, function: other}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.model.domains import DEFAULT_PATH
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text


@rule(
    "domain-path-twice",
    Severity.ERROR,
    "Duplicate path",
    detail='Entry {number} has the path "{path}" already.',
    hint="Remove one of them, or change its path.",
    looks_at=("settings.customDomains",),
)
def domain_path_twice(function: FunctionSpec, context: Context) -> Findings:
    for index, domain in blocks(function.settings, "customDomains"):
        seen: dict[str, int] = {}
        for number, route in blocks(domain, "routes"):
            path = text(route, "path") or DEFAULT_PATH
            if path in seen:
                where = ("customDomains", index, "routes", number, "path")
                yield domain_path_twice.finding_at(function, *where, path=path, number=seen[path] + 1)
            seen.setdefault(path, number)
