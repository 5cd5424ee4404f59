"""Invalid role name.

## What is wrong

`role` is not a plain role name: it contains spaces, `/` or `:`, as in the full form `qcs::cam::uin/…:roleName/…`. An
empty string (`role: ''`) removes the role from the function and is valid.

## Why

The API requires the name alone.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text


@rule(
    "role-form",
    Severity.WARNING,
    "Invalid role name",
    detail='"{role}" is not a role name.',
    code="InvalidParameter.RoleCheck",
    looks_at=("settings.role",),
)
def role_form(function: FunctionSpec, context: Context) -> Findings:
    role = text(function.settings, "role")
    if not role or re.fullmatch(r"[\w+=,.@-]+", role):  # an empty string removes the role
        return
    last = re.split(r"[/:\s]", role.strip())[-1]
    yield role_form.finding_at(
        function,
        "role",
        hint='Use the name alone: "{last}".' if last else "Set a role name, or '' to remove the role.",
        role=role,
        last=last,
    )
