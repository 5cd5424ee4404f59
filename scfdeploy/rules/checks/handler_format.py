"""Handler that is not in the form of the language.

## What is wrong

`handler` does not name an entry in the form that the runtime's language asks for: `file.function` for Python, Node.js
and PHP, `package.Class::method` for Java, the name of the program for Go. In `file.function` each part has
{handler.part.min_chars} to {handler.part.max_chars} letters, digits, `-` and `_`, and begins and ends with a letter. A
custom runtime is free to read it as it likes.

## Why

The platform refuses the function, or cannot find the entry when it is called (status 437).

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

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.language import language_of
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text, written

INFO = RuleInfo("handler-format", "InvalidParameterValue.Handler", Severity.ERROR, "0.1.0", "Handler in the wrong form")

_JAVA = r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*::[A-Za-z_$][\w$]*"
_EXTENSIONS = ("py", "js", "cjs", "mjs", "ts", "php")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a handler that cannot be read as the language asks."""
    handler = text(function.settings, "handler")
    if handler is None or function.is_web or not written(function, "handler"):
        return
    match language_of(function):
        case "python" | "nodejs" | "php":
            wrong = _file_and_function(handler)
        case "java":
            wrong = _java(handler)
        case "go":
            wrong = _go(handler)
        case _:
            wrong = None
    if wrong is not None:
        detail, hint = wrong
        yield INFO.found(function, "handler", detail=detail, hint=hint)


def _file_and_function(handler: str) -> tuple[str, str] | None:
    example = 'For example "index.main_handler": the function main_handler in the file index.'
    parts = handler.split(".")
    if "/" in handler or "\\" in handler:
        return (
            f'"{handler}" names a folder; a handler is file.function, the file at the root of the code.',
            f'Point src at that folder and write "{handler.replace(chr(92), "/").rpartition("/")[2]}".',
        )
    if len(parts) == 3 and parts[1] in _EXTENSIONS:
        return (f'"{handler}" names the file with its extension.', f'Write "{parts[0]}.{parts[2]}".')
    if len(parts) == 1:
        return f'"{handler}" names one thing; a handler is file.function.', example
    if len(parts) > 2:
        return f'"{handler}" has {len(parts)} parts; a handler is file.function, with one dot.', example
    for what, part in zip(("file", "function"), parts, strict=True):
        wrong = _part(what, part)
        if wrong is not None:
            return f'"{handler}" is no handler: {wrong}.', example
    return None


def _part(what: str, part: str) -> str | None:
    least, most = limit("handler.part.min_chars"), limit("handler.part.max_chars")
    if not least <= len(part) <= most:
        return f'the {what} "{part}" has {len(part)} characters, allowed are {least} to {most}'
    if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
        return f'the {what} "{part}" may have letters, digits, "-" and "_" only'
    if not (part[0].isalpha() and part[-1].isalpha()):
        return f'the {what} "{part}" must begin and end with a letter'
    return None


def _java(handler: str) -> tuple[str, str] | None:
    if re.fullmatch(_JAVA, handler):
        return None
    return (
        f'"{handler}" is no Java handler; it is package.Class::method.',
        'For example "example.Hello::mainHandler".',
    )


def _go(handler: str) -> tuple[str, str] | None:
    if re.fullmatch(r"[A-Za-z0-9_-]+", handler):
        return None
    return f'"{handler}" is no Go handler; it is the name of the compiled program.', 'Usually "main".'


RULE = Rule(INFO, check)
