"""Namespace name longer than the older limit.

## What is wrong

`namespace` has more than {namespace.name.usual_chars} characters.

## Why

The newer documents allow {namespace.name.max_chars}, the API's own text {namespace.name.usual_chars}. Which limit an
account has shows only when the namespace is created.

## Wrong

```yaml
namespace: the-order-processing-team-of-south-china
```

## Right

```yaml
namespace: orders-south-china
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule


@rule(
    "namespace-length",
    Severity.WARNING,
    "Very long namespace name",
    detail="The name has {length} characters; the API's own text allows {usual}.",
    hint="Choose a shorter name if the platform refuses it.",
    code="InvalidParameterValue.NamespaceInvalid",
)
def namespace_length(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a namespace name between the older and the newer limit."""
    length, usual = len(function.address.namespace), limit("namespace.name.usual_chars")
    if usual < length <= limit("namespace.name.max_chars"):
        yield namespace_length.finding_at(function, "namespace", length=length, usual=usual)
