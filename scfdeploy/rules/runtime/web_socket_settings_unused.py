"""WebSocket settings without WebSocket.

## What is wrong

`protocolParams.wsParams` is written and `protocolType` is not `WS`.

## Why

The settings are for connections that only a function with `protocolType: WS` takes.

## Wrong

```yaml
type: web
image: {imageUrl: 'ccr.ccs.tencentyun.com/shop/api:1.4'}
protocolParams: {wsParams: {idleTimeOut: 60}}
```

## Right

```yaml
type: web
image: {imageUrl: 'ccr.ccs.tencentyun.com/shop/api:1.4'}
protocolType: WS
protocolParams: {wsParams: {idleTimeOut: 60}}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import block_of, text, unread

INFO = RuleInfo(
    "web-socket-settings-unused",
    "InvalidParameterValue.WebSocketsParams",
    Severity.ERROR,
    "0.1.0",
    "WebSocket settings without WebSocket",
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find the settings on a web function that speaks HTTP only."""
    is_written = "wsParams" in block_of(function, "protocolParams") and not unread(function, "protocolType")
    if is_written and function.is_web and text(function.settings, "protocolType") != "WS":
        yield INFO.found_key(
            function,
            "protocolParams",
            "wsParams",
            detail="wsParams needs protocolType: WS.",
            hint="Add protocolType: WS, or remove protocolParams.",
        )


RULE = Rule(INFO, check)
