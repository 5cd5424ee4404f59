"""Duplicate function name.

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
from scfdeploy.rules.rule import project_rule


@project_rule(
    "function-name-twice",
    Severity.ERROR,
    "Duplicate function name",
    detail='"{name}" in namespace "{namespace}" is in {file} too.',
    hint="Give one of them another name or namespace.",
    code="ResourceInUse.FunctionName",
    looks_at=("functions",),
)
def function_name_twice(project: Project) -> Iterator[Diagnostic]:
    """Find functions whose name another instance has taken."""
    first: dict[tuple[str, Address], FunctionSpec] = {}
    for function in project.functions:
        key = (function.region, function.address)
        if key in first:
            taken = first[key].span_of("name")
            found = function_name_twice.finding_at(
                function, "name", name=function.name, namespace=function.address.namespace, file=taken.file
            )
            yield replace(found, related=(("the first one", taken),))
        first.setdefault(key, function)
