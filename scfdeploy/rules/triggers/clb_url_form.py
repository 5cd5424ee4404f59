"""CLB path without a slash.

## What is wrong

`url` of a `clb` trigger does not begin with a slash.

## Why

`url` is the path of a forwarding rule, which begins with a slash. Domain, protocol and port have their own keys.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of


@rule(
    "clb-url-form",
    Severity.ERROR,
    "Path without a slash",
    detail='"{url}" does not begin with a slash.',
    hint='Use "{path}".',
    code="InvalidParameterValue",
    looks_at=("triggers.clb",),
)
def clb_url_form(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "clb"):
        url = text(trigger.settings, "url")
        if url is not None and not url.startswith("/"):
            yield clb_url_form.trigger_finding(trigger, "url", url=url, path=_path(url))


def _path(url: str) -> str:
    rest = url.partition("://")[2]
    return f"/{rest.partition('/')[2]}" if rest else f"/{url}"
