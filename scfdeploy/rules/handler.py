"""The form that a handler must have in each language."""

from __future__ import annotations

import re

from scfdeploy.diagnostics import message
from scfdeploy.facts import limit
from scfdeploy.rules.values import counted

_JAVA = r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*::[A-Za-z_$][\w$]*"
_EXTENSIONS = ("py", "js", "cjs", "mjs", "ts", "php")


def wrong_form(handler: str, language: str) -> tuple[str, str] | None:
    """What is wrong and what to do, or None when the form is valid or the language leaves it free."""
    match language:
        case "python" | "nodejs" | "php":
            return _file_and_function(handler)
        case "java":
            return _java(handler)
        case "go":
            return _go(handler)
    return None


def _file_and_function(handler: str) -> tuple[str, str] | None:
    parts = handler.split(".")
    if "/" in handler or "\\" in handler:
        return (
            message(
                '"{handler}" contains a folder; a handler is FILE.FUNCTION, the file at the root of the code.',
                handler=handler,
            ),
            message(
                'Point src at that folder and use "{name}".', name=handler.replace(chr(92), "/").rpartition("/")[2]
            ),
        )
    if len(parts) == 3 and parts[1] in _EXTENSIONS:
        return (
            message('"{handler}" contains the extension of the file.', handler=handler),
            message('Use "{file}.{function}".', file=parts[0], function=parts[2]),
        )
    if len(parts) == 1:
        return message('"{handler}" has no function; a handler is FILE.FUNCTION.', handler=handler), _example()
    if len(parts) > 2:
        return (
            message(
                '"{handler}" has {count} parts; a handler is FILE.FUNCTION, with one dot.',
                handler=handler,
                count=len(parts),
            ),
            _example(),
        )
    for what, part in zip((message("file"), message("function")), parts, strict=True):
        wrong = _part(what, part)
        if wrong is not None:
            return message('"{handler}" is not a handler: {problem}.', handler=handler, problem=wrong), _example()
    return None


def _example() -> str:
    return message('For example "index.main_handler": the function main_handler in the file index.')


def _part(what: str, part: str) -> str | None:
    least, most = limit("handler.part.min_chars"), limit("handler.part.max_chars")
    if not least <= len(part) <= most:
        length = counted(len(part), "character")
        return message(
            'the {what} "{part}" has {length}, allowed are {least} to {most}',
            what=what, part=part, length=length, least=least, most=most,
        )  # fmt: skip
    if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
        return message('the {what} "{part}" can have letters, digits, "-" and "_" only', what=what, part=part)
    if not (part[0].isalpha() and part[-1].isalpha()):
        return message('the {what} "{part}" must begin and end with a letter', what=what, part=part)
    return None


def _java(handler: str) -> tuple[str, str] | None:
    if re.fullmatch(_JAVA, handler):
        return None
    return (
        message('"{handler}" is not a Java handler, which is package.Class::method.', handler=handler),
        message('For example "example.Hello::mainHandler".'),
    )


def _go(handler: str) -> tuple[str, str] | None:
    if re.fullmatch(r"[A-Za-z0-9_-]+", handler):
        return None
    return (
        message('"{handler}" is not a Go handler, which is the name of the compiled program.', handler=handler),
        message('Usually "main".'),
    )
