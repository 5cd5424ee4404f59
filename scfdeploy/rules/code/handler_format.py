"""Invalid handler for the language.

## What is wrong

`handler` does not name an entry in the form that the runtime's language asks for: `file.function` for Python, Node.js
and PHP, `package.Class::method` for Java, the name of the program for Go. In `file.function` each part has
{handler.part.min_chars} to {handler.part.max_chars} letters, digits, `-` and `_`, and begins and ends with a letter. A
custom runtime is free to read it as it likes.

## Why

The platform rejects the function, or cannot find the entry when it is called (status 437).

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.handler import wrong_form
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtimes import language_of
from scfdeploy.rules.values import text, written


@rule(
    "handler-format",
    Severity.ERROR,
    "Invalid handler",
    detail="{problem}",
    hint="{advice}",
    code="InvalidParameterValue.Handler",
)
def handler_format(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a handler that cannot be read as the language asks."""
    handler = text(function.settings, "handler")
    if handler is None or function.is_web or not written(function, "handler"):
        return
    wrong = wrong_form(handler, language_of(function))
    if wrong is not None:
        detail, hint = wrong
        yield handler_format.finding_at(function, "handler", problem=detail, advice=hint)
