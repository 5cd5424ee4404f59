"""Invalid namespace name.

## What is wrong

`namespace` contains characters other than letters, digits, `-` and `_`, or has more than {namespace.name.max_chars}
characters.

## Why

Such a namespace cannot exist, so the function cannot be created.

## Wrong

```yaml
namespace: my team
```

## Right

```yaml
namespace: my-team
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule


@rule(
    "namespace-name",
    Severity.ERROR,
    "Invalid namespace name",
    detail='"{name}" is not a namespace name: use up to {most} letters, digits, "-" and "_".',
    code="InvalidParameterValue.NamespaceInvalid",
)
def namespace_name(function: FunctionSpec, context: Context) -> Findings:
    name, most = function.address.namespace, limit("namespace.name.max_chars")
    if re.fullmatch(r"[A-Za-z0-9_-]+", name) and len(name) <= most:
        return
    yield namespace_name.finding_at(
        function,
        "namespace",
        hint='Remove the key to use the namespace "default".' if not name else "",
        name=name,
        most=most,
    )
