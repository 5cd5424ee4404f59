"""CORS setting that no browser request matches.

## What is wrong

`corsConfig` of an `http` trigger lists an origin that is neither `*` nor `scheme://host[:port]`, or a method that is
none of HTTP's, in capital letters, nor `*`.

## Why

A browser compares its own origin, which has no path and no slash at its end, and its method letter for letter: the
page is refused although it seems to be listed.

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
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, did_you_mean
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import block, texts, triggers_of

INFO = RuleInfo(
    "http-cors-value", "InvalidParameterValue.Cors", Severity.WARNING, "0.1.0", "Value that no browser matches"
)


_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_ORIGIN = r"\*|[a-z][a-z0-9+.-]*://[^/\s]+"


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find origins and methods in a form that no browser sends."""
    for trigger in triggers_of(function, "http"):
        cors = block(trigger.settings, "corsConfig")
        for index, origin in texts(cors, "origins"):
            if not re.fullmatch(_ORIGIN, origin):
                yield INFO.found_in(
                    trigger,
                    "corsConfig",
                    "origins",
                    index,
                    detail=f'"{origin}" is no origin: browsers send scheme://host, and :port where it is unusual.',
                    hint=_origin_hint(origin),
                )
        for index, method in texts(cors, "methods"):
            if method != "*" and method not in _METHODS:
                yield INFO.found_in(
                    trigger,
                    "corsConfig",
                    "methods",
                    index,
                    detail=f'"{method}" is no method that browsers send: {", ".join(_METHODS)}, or "*" for all.',
                    hint=did_you_mean(method, _METHODS),
                )


def _origin_hint(origin: str) -> str:
    match = re.match(r"[a-z][a-z0-9+.-]*://[^/\s]+", origin)
    return f'Write "{match[0]}".' if match else f'Write for example "https://{origin.partition("/")[0].strip()}".'


RULE = Rule(INFO, check)
