"""Invalid image port.

## What is wrong

`image.imagePort` is neither {image.port.web} nor {image.port.job}.

## Why

A server in an image listens on {image.port.web}. {image.port.job} means that there is no server and the image runs as a
job.

## Wrong

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
  imagePort: 8080
```

## Right

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
  imagePort: 9000
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, integer


@rule(
    "image-port",
    Severity.ERROR,
    "Invalid image port",
    detail="imagePort is {port}; it must be {server} for a server, or {job} for a job.",
    hint="Make the server listen on 0.0.0.0:{server}, and remove imagePort.",
    code="InvalidParameterValue.Port",
    looks_at=("settings.image",),
)
def image_port(function: FunctionSpec, context: Context) -> Findings:
    port, server, job = (
        integer(block_of(function, "image"), "imagePort"),
        limit("image.port.web"),
        limit("image.port.job"),
    )
    if port is not None and port not in (server, job):
        yield image_port.finding_at(function, "image", "imagePort", port=port, server=server, job=job)
