"""Invalid alias name.

## What is wrong

`aliasName` is neither `$DEFAULT` nor a letter followed by up to 63 letters, digits, `-` and `_`.

## Why

The platform rejects the alias after the function has been updated.

## Wrong

```yaml
aliasName: 2nd
publish: true
```

## Right

```yaml
aliasName: second
publish: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.facts.platform import is_alias_name
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text


@rule(
    "alias-name",
    Severity.ERROR,
    "Invalid alias name",
    detail='"{name}" is not an alias name: use up to {most} letters, digits, "-" and "_", starting with a letter.',
    hint="Use another name, or `$DEFAULT` for the alias that every function has.",
    code="InvalidParameterValue.Name",
    looks_at=("settings.aliasName",),
)
def alias_name(function: FunctionSpec, context: Context) -> Findings:
    name = text(function.settings, "aliasName")
    if name is None or is_alias_name(name):
        return
    most = limit("alias.name.max_chars")
    yield alias_name.finding_at(function, "aliasName", name=name, most=most)
