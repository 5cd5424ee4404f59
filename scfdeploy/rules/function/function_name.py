"""Invalid function name.

## What is wrong

The function name does not consist of {function.name.min_chars} to {function.name.max_chars} letters, digits, `-` and
`_`, or does not begin with a letter and end with a letter or digit; or namespace and function name together have more
than {function.path.max_chars} characters.

## Why

The platform rejects the function. Without `name`, the name is generated from instance, stage and app.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import character_count, written

_FORM = r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"


@rule(
    "function-name",
    Severity.ERROR,
    "Invalid function name",
    detail="{problem}",
    hint="{advice}",
    code="InvalidParameter.FunctionName",
)
def function_name(function: FunctionSpec, context: Context) -> Findings:
    if function.unresolved & {"name", "namespace"}:
        return
    name, namespace = function.name, function.address.namespace
    least, most, most_path = (
        limit("function.name.min_chars"),
        limit("function.name.max_chars"),
        limit("function.path.max_chars"),
    )
    if not least <= len(name) <= most:
        problem = message(
            '"{name}" has {length}; a function name must have {least} to {most}.',
            name=name, length=character_count(len(name)), least=least, most=most,
        )  # fmt: skip
    elif not re.fullmatch(_FORM, name):
        problem = message(
            '"{name}" is not a function name: use letters, digits, "-" and "_", starting with a letter and ending with '
            "a letter or digit.",
            name=name,
        )
    elif len(namespace) + len(name) > most_path:
        problem = message(
            '"{namespace}" and "{name}" together have {length} characters; the maximum is {most}.',
            namespace=namespace, name=name, length=len(namespace) + len(name), most=most_path,
        )  # fmt: skip
    else:
        return
    yield function_name.finding_at(function, "name", problem=problem, advice=_hint(function))


def _hint(function: FunctionSpec) -> str | None:
    if not written(function, "name"):
        from scfdeploy.rules.triggers.timer_name import has_generated_name, invalid_names

        if any(has_generated_name(timer) for timer in invalid_names(function)):
            return message(
                "The names were generated from instance, stage and app; set a name under inputs and for each timer."
            )
        return message("The name was generated from instance, stage and app; set a name under inputs.")
    if len(function.address.namespace) + len(function.name) > limit("function.path.max_chars"):
        return message("Shorten it, or the namespace.")
    suggestion = re.sub(r"[^A-Za-z0-9_-]+", "-", function.name)
    suggestion = re.sub(r"^[^A-Za-z]+|[^A-Za-z0-9]+$", "", suggestion)[: limit("function.name.max_chars")].rstrip("-_")
    return (
        message('Use for example "{suggestion}".', suggestion=suggestion)
        if len(suggestion) >= limit("function.name.min_chars")
        else None
    )
