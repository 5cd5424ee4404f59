"""Invalid handler for the language.

## What is wrong

`handler` does not have the format of the runtime's language: `file.function` for Python, Node.js and PHP,
`package.Class::method` for Java, the name of the program for Go. In `file.function` each part has
{handler.part.min_chars} to {handler.part.max_chars} letters, digits, `-` and `_`, and begins and ends with a letter.
Custom runtimes accept any handler.

## Why

The platform rejects the function, or every invocation fails because the handler is not found (status 437).

## Wrong

```yaml
handler: index
```

## Right

```yaml
handler: index.main_handler
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.handler import wrong_form
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import language_of, text, written


@rule(
    "handler-format",
    Severity.ERROR,
    "Invalid handler",
    detail="{problem}",
    hint="{advice}",
    code="InvalidParameterValue.Handler",
)
def handler_format(function: FunctionSpec, context: Context) -> Findings:
    handler = text(function.settings, "handler")
    if handler is None or function.is_web or not written(function, "handler"):
        return
    wrong = wrong_form(handler, language_of(function))
    if wrong is not None:
        detail, hint = wrong
        yield handler_format.finding_at(function, "handler", problem=detail, advice=hint)
