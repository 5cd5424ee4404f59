"""Invalid namespace name.

## What is wrong

`namespace` has characters other than letters, digits, `-` and `_`, or more than {namespace.name.max_chars} of them.

## Why

No such namespace can exist, so the function cannot be created in it.

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
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule


@rule(
    "namespace-name",
    Severity.ERROR,
    "Invalid namespace name",
    detail='"{name}" is not a namespace name: up to {most} letters, digits, "-" and "_".',
    code="InvalidParameterValue.NamespaceInvalid",
)
def namespace_name(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a namespace name of the wrong form or length."""
    name, most = function.address.namespace, limit("namespace.name.max_chars")
    if re.fullmatch(r"[A-Za-z0-9_-]+", name) and len(name) <= most:
        return
    yield namespace_name.finding_at(
        function,
        "namespace",
        hint='Remove the key for the namespace "default".' if not name else "",
        name=name,
        most=most,
    )
