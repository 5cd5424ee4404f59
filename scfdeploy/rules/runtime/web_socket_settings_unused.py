"""WebSocket settings without WebSocket.

## What is wrong

`protocolParams.wsParams` is set, but `protocolType` is not `WS`.

## Why

These settings apply only to WebSocket connections, which require `protocolType: WS`.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, text, unread


@rule(
    "web-socket-settings-unused",
    Severity.ERROR,
    "WebSocket settings without WebSocket",
    detail="wsParams requires protocolType: WS.",
    hint="Add protocolType: WS, or remove protocolParams.",
    code="InvalidParameterValue.WebSocketsParams",
    looks_at=("settings.protocolParams",),
)
def web_socket_settings_unused(function: FunctionSpec, context: Context) -> Findings:
    is_written = "wsParams" in block_of(function, "protocolParams") and not unread(function, "protocolType")
    if is_written and function.is_web and text(function.settings, "protocolType") != "WS":
        yield web_socket_settings_unused.finding_at_key(function, "protocolParams", "wsParams")
