"""Syntax error in the code.

## What is wrong

The Python file that contains the handler or the entry point cannot be parsed.

## Why

The deployment succeeds, but every invocation fails when the file is loaded.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.handler import code_span, handler_of, read_symbols
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.source_symbols import SyntaxMistake
from scfdeploy.rules.values import text


@rule(
    "source-syntax",
    Severity.ERROR,
    "Syntax error in the code",
    detail="{path}, line {line}: {problem}.",
    hint="Fix the file. Syntax that is newer than the runtime is an error too.",
)
def source_syntax(function: FunctionSpec, context: Context) -> Findings:
    path = _entry(function)
    if path is None or function.source is None:
        return
    match read_symbols(function, path, context):
        case SyntaxMistake() as mistake:
            place = code_span(function.source, path, context, mistake.line, mistake.column)
            span = place or function.span_of("handler")
            yield source_syntax.at(
                span,
                address=str(function.address),
                related=((message("loaded by {address}", address=function.address), function.span_of("handler")),)
                if place
                else (),
                path=path,
                line=mistake.line,
                problem=mistake.message,
            )


def _entry(function: FunctionSpec) -> str | None:
    if function.is_web:
        return text(function.settings, "entryFile")
    handler = handler_of(function)
    return handler.usual_path if handler is not None else None
