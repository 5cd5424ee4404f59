"""Role that is no name of a CAM role.

## What is wrong

`role` is not the bare name of a role: it has blanks, `/` or `:` in it, as the long form `qcs::cam::uin/…:roleName/…`
has. An empty text (`role: ''`) takes the role away from the function and is no finding.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text

INFO = RuleInfo("role-form", "InvalidParameter.RoleCheck", Severity.WARNING, "0.1.0", "Not the name of a role")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a role that is written in another form than its name."""
    role = text(function.settings, "role")
    if not role or re.fullmatch(r"[\w+=,.@-]+", role):  # an empty text takes the role away
        return
    last = re.split(r"[/:\s]", role.strip())[-1]
    yield INFO.found(
        function,
        "role",
        detail=f'"{role}" is no name of a role.',
        hint=f'Write the name alone: "{last}".' if last else "Write the name of a role, or '' to take the role away.",
    )


RULE = Rule(INFO, check)
