"""Duplicate function name.

## What is wrong

Two instances of the project define a function with the same name in one namespace and region.

## Why

There is only one such function in the cloud, so each instance would overwrite the function of the other.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import Address, FunctionSpec, Project
from scfdeploy.rules.rule import Findings, project_rule


@project_rule(
    "function-name-twice",
    Severity.ERROR,
    "Duplicate function name",
    detail='{file} defines "{name}" in namespace "{namespace}" too.',
    hint="Rename one of them, or use another namespace.",
    code="ResourceInUse.FunctionName",
    looks_at=("functions",),
)
def function_name_twice(project: Project) -> Findings:
    first: dict[tuple[str, Address], FunctionSpec] = {}
    for function in project.functions:
        if function.unresolved:
            continue
        key = (function.region, function.address)
        if key in first:
            taken = first[key].span_of("name")
            yield function_name_twice.finding_at(
                function,
                "name",
                related=((message("first defined here"), taken),),
                name=function.name,
                namespace=function.address.namespace,
                file=taken.file,
            )
        first.setdefault(key, function)
