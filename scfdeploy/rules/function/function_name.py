"""Function name that the platform does not take.

## What is wrong

The name of the function is not {function.name.min_chars} to {function.name.max_chars} characters of letters, digits,
`-` and `_`, beginning with a letter and ending with a letter or a digit; or namespace and function name together have
more than {function.path.max_chars} characters.

## Why

The platform refuses the function. Without `name` the name is made of instance, stage and app.

## Wrong

```yaml
name: 1st_function
```

## Right

```yaml
name: first_function
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import counted, written

INFO = RuleInfo("function-name", "InvalidParameter.FunctionName", Severity.ERROR, "0.1.0", "Function name not allowed")

_FORM = r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a name of the wrong form or length."""
    name, namespace = function.name, function.address.namespace
    least, most, most_path = (
        limit("function.name.min_chars"),
        limit("function.name.max_chars"),
        limit("function.path.max_chars"),
    )
    if not least <= len(name) <= most:
        detail = f'"{name}" has {counted(len(name), "character")}; a function name may have {least} to {most}.'
    elif not re.fullmatch(_FORM, name):
        detail = (
            f'"{name}" is no function name: it may have letters, digits, "-" and "_", begins with a letter and ends '
            "with a letter or a digit."
        )
    elif len(namespace) + len(name) > most_path:
        detail = (
            f'"{namespace}" and "{name}" together have {len(namespace) + len(name)} characters; namespace and function '
            f"name may have {most_path}."
        )
    else:
        return
    yield INFO.found(function, "name", detail=detail, hint=_hint(function))


def _hint(function: FunctionSpec) -> str | None:
    if not written(function, "name"):
        from scfdeploy.rules.triggers.timer_name import misnamed, was_made

        too = ", and one for each timer" if any(was_made(timer) for timer in misnamed(function)) else ""
        return f"The name was made of instance, stage and app; write a name of your own under inputs{too}."
    if len(function.address.namespace) + len(function.name) > limit("function.path.max_chars"):
        return "Shorten it, or the namespace."
    mended = re.sub(r"[^A-Za-z0-9_-]+", "-", function.name)
    mended = re.sub(r"^[^A-Za-z]+|[^A-Za-z0-9]+$", "", mended)[: limit("function.name.max_chars")].rstrip("-_")
    return f'Write for example "{mended}".' if len(mended) >= limit("function.name.min_chars") else None


RULE = Rule(INFO, check)
