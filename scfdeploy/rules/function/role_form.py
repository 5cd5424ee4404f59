"""Invalid role name.

## What is wrong

`role` is not the bare name of a role: it has spaces, `/` or `:` in it, as the long form `qcs::cam::uin/…:roleName/…`
has. An empty text (`role: ''`) removes the role from the function and is valid.

## Why

The API asks for the name alone and looks the role up by it.

## Wrong

```yaml
role: qcs::cam::uin/100000000001:roleName/SCF_ExecuteRole
```

## Right

```yaml
role: SCF_ExecuteRole
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text


@rule(
    "role-form",
    Severity.WARNING,
    "Invalid role name",
    detail='"{role}" is not a role name.',
    code="InvalidParameter.RoleCheck",
    looks_at=("settings.role",),
)
def role_form(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a role that is written in another form than its name."""
    role = text(function.settings, "role")
    if not role or re.fullmatch(r"[\w+=,.@-]+", role):  # an empty text takes the role away
        return
    last = re.split(r"[/:\s]", role.strip())[-1]
    yield role_form.finding_at(
        function,
        "role",
        hint='Use the name alone: "{last}".' if last else "Set a role name, or '' to remove the role.",
        role=role,
        last=last,
    )
