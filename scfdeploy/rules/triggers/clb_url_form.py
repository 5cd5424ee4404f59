"""CLB trigger whose url is not a path.

## What is wrong

`url` of a `clb` trigger does not begin with a slash.

## Why

It is the path of a forwarding rule, which begins with a slash; domain, protocol and port have keys of their own.

## Wrong

```yaml
events:
  - clb:
      parameters:
        loadBalanceId: lb-l6golr1k
        protocol: HTTP
        port: 80
        domain: a.example.com
        url: shop
```

## Right

```yaml
events:
  - clb:
      parameters:
        loadBalanceId: lb-l6golr1k
        protocol: HTTP
        port: 80
        domain: a.example.com
        url: /shop
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text, triggers_of


@rule(
    "clb-url-form",
    Severity.ERROR,
    "Path without a slash",
    detail='"{url}" is no path: it begins without a slash.',
    hint='Use "{path}".',
    code="InvalidParameterValue",
    looks_at=("triggers.clb",),
)
def clb_url_form(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find paths that begin with anything else."""
    for trigger in triggers_of(function, "clb"):
        url = text(trigger.settings, "url")
        if url is not None and not url.startswith("/"):
            yield clb_url_form.trigger_finding(trigger, "url", url=url, path=_path(url))


def _path(url: str) -> str:
    rest = url.partition("://")[2]
    return f"/{rest.partition('/')[2]}" if rest else f"/{url}"
