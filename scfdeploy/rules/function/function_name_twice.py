"""Two functions of one name.

## What is wrong

Two instances of the project ask for a function of the same name in one namespace and region.

## Why

There is one such function in the cloud; each deployment of one instance would overwrite the other.

## Wrong

```text
orders/serverless.yml     name: worker
billing/serverless.yml    name: worker
```

## Right

```text
orders/serverless.yml     name: orders-worker
billing/serverless.yml    name: billing-worker
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import Address, FunctionSpec, Project
from scfdeploy.rules.rule import ProjectRule, RuleInfo

INFO = RuleInfo(
    "function-name-twice", "ResourceInUse.FunctionName", Severity.ERROR, "0.1.0", "Two functions of one name"
)


def check(project: Project) -> Iterator[Diagnostic]:
    """Find functions whose name another instance has taken."""
    first: dict[tuple[str, Address], FunctionSpec] = {}
    for function in project.functions:
        key = (function.region, function.address)
        if key in first:
            taken = first[key].span_of("name")
            found = INFO.found(
                function,
                "name",
                detail=f'"{function.name}" in namespace "{function.address.namespace}" is in {taken.file} too.',
                hint="Give one of them another name or namespace.",
            )
            yield replace(found, related=(("the first one", taken),))
        first.setdefault(key, function)


RULE = ProjectRule(INFO, check)
