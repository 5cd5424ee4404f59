"""Invalid CORS value.

## What is wrong

`corsConfig` of an `http` trigger lists an origin that is neither `*` nor `scheme://host[:port]`, or a method that is
neither `*` nor an HTTP method in capital letters.

## Why

Browsers compare origins and methods exactly, and an origin has no path and no trailing slash. A mismatch blocks the
page.

## Wrong

```yaml
events:
  - http:
      parameters:
        corsConfig:
          enable: true
          origins: ["https://shop.example.com/"]
```

## Right

```yaml
events:
  - http:
      parameters:
        corsConfig:
          enable: true
          origins: ["https://shop.example.com"]
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity, did_you_mean, message
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block, texts, triggers_of

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_ORIGIN = r"\*|[a-z][a-z0-9+.-]*://[^/\s]+"


@rule(
    "http-cors-value",
    Severity.WARNING,
    "Invalid CORS value",
    code="InvalidParameterValue.Cors",
    looks_at=("triggers.http",),
)
def http_cors_value(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "http"):
        cors = block(trigger.settings, "corsConfig")
        for index, origin in texts(cors, "origins"):
            if not re.fullmatch(_ORIGIN, origin):
                yield http_cors_value.trigger_finding(
                    trigger,
                    "corsConfig",
                    "origins",
                    index,
                    detail='"{origin}" is not an origin; browsers send scheme://host or scheme://host:port.',
                    hint="{advice}",
                    origin=origin,
                    advice=_origin_hint(origin),
                )
        for index, method in texts(cors, "methods"):
            if method != "*" and method not in _METHODS:
                yield http_cors_value.trigger_finding(
                    trigger,
                    "corsConfig",
                    "methods",
                    index,
                    detail='"{method}" is not an HTTP method; use {methods}, or "*" for all.',
                    hint="{suggestion}",
                    method=method,
                    methods=", ".join(_METHODS),
                    suggestion=did_you_mean(method, _METHODS),
                )


def _origin_hint(origin: str) -> str:
    match = re.match(r"[a-z][a-z0-9+.-]*://[^/\s]+", origin)
    if match:
        return message('Use "{origin}".', origin=match[0])
    return message('Use for example "https://{host}".', host=origin.partition("/")[0].strip())
