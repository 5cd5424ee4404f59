"""Code with a syntax error.

## What is wrong

The Python file in which the function starts cannot be parsed.

## Why

The function is deployed and every call of it fails while the file is loaded.

## Wrong

```yaml
handler: broken.main_handler
```

## Right

```yaml
handler: index.main_handler
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.handler_source import defined_in, handler_of, place_in
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.source_symbols import SyntaxMistake
from scfdeploy.rules.values import text


@rule(
    "source-syntax",
    Severity.ERROR,
    "Syntax error in the code",
    detail="{path}, line {line}: {problem}.",
    hint="Fix the file. Syntax of a newer language version than the runtime is an error too.",
)
def source_syntax(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find syntax errors in the file of the handler, or in the file that a web function starts."""
    path = _entry(function)
    if path is None or function.source is None:
        return
    match defined_in(function, path, context):
        case SyntaxMistake() as mistake:
            place = place_in(function.source, path, context, mistake)
            span = place or function.span_of("handler")
            found = source_syntax.at(
                span, address=str(function.address), path=path, line=mistake.line, problem=mistake.message
            )
            yield replace(found, related=(("named here", function.span_of("handler")),)) if place else found


def _entry(function: FunctionSpec) -> str | None:
    if function.is_web:
        return text(function.settings, "entryFile")
    handler = handler_of(function)
    return handler.usual_path if handler is not None else None
