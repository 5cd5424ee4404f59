"""Invalid path of a route.

## What is wrong

`path` of a route or of a rewrite does not begin with a slash, or has a `*` other than as its last part.

## Why

The platform matches `/`, `/*`, and paths such as `/a`, `/a/b` and `/a/*`.

## Wrong

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    routes:
      - path: /v*/orders
```

## Right

```yaml
events: [{http: {parameters: {authType: CAM}}}]
customDomains:
  - domain: api.example.com
    routes:
      - path: /v1/orders
      - path: /v2/*
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text

_PATH = re.compile(r"(/[^/*\s?#]+)*/?\*?")


@rule(
    "domain-path-form",
    Severity.ERROR,
    "Invalid path",
    detail='"{path}" is not a path that can be matched.',
    hint="Begin with a slash, and write `*` only as the last part: `/`, `/*`, `/a`, `/a/b` or `/a/*`.",
    looks_at=("settings.customDomains",),
)
def domain_path_form(function: FunctionSpec, context: Context) -> Findings:
    for index, domain in blocks(function.settings, "customDomains"):
        for number, route in blocks(domain, "routes"):
            here = ("customDomains", index, "routes", number)
            if _is_wrong(text(route, "path")):
                yield domain_path_form.finding_at(function, *here, "path", path=route["path"])
            for position, rewrite in blocks(route, "rewrite"):
                if _is_wrong(text(rewrite, "path")):
                    where = (*here, "rewrite", position, "path")
                    yield domain_path_form.finding_at(function, *where, path=rewrite["path"])


def _is_wrong(path: str | None) -> bool:
    if path is None:
        return False
    is_open_end = path.endswith("*") and not path.endswith("/*")
    return not path.startswith("/") or is_open_end or _PATH.fullmatch(path) is None
