"""Namespace name longer than the older limit.

## What is wrong

`namespace` has more than {namespace.name.usual_chars} characters.

## Why

Newer documents allow {namespace.name.max_chars} characters, the API documentation {namespace.name.usual_chars}. Which
limit applies to an account is known only when the namespace is created.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule


@rule(
    "namespace-length",
    Severity.WARNING,
    "Very long namespace name",
    detail="The name has {length} characters; the API documentation allows {usual}.",
    hint="Choose a shorter name if the platform rejects it.",
    code="InvalidParameterValue.NamespaceInvalid",
)
def namespace_length(function: FunctionSpec, context: Context) -> Findings:
    length, usual = len(function.address.namespace), limit("namespace.name.usual_chars")
    if usual < length <= limit("namespace.name.max_chars"):
        yield namespace_length.finding_at(function, "namespace", length=length, usual=usual)
