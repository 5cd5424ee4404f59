"""The forms that handlers have, by language, and what is wrong with one that has another."""

from __future__ import annotations

import re

from scfdeploy.facts import limit
from scfdeploy.rules.values import counted

_JAVA = r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*::[A-Za-z_$][\w$]*"
_EXTENSIONS = ("py", "js", "cjs", "mjs", "ts", "php")
_EXAMPLE = 'For example "index.main_handler": the function main_handler in the file index.'


def wrong_form(handler: str, language: str) -> tuple[str, str] | None:
    """What is wrong and what to do, or None when the form is good or the language leaves it free."""
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
            f'"{handler}" names a folder; a handler is file.function, the file at the root of the code.',
            f'Point src at that folder and write "{handler.replace(chr(92), "/").rpartition("/")[2]}".',
        )
    if len(parts) == 3 and parts[1] in _EXTENSIONS:
        return (f'"{handler}" names the file with its extension.', f'Write "{parts[0]}.{parts[2]}".')
    if len(parts) == 1:
        return f'"{handler}" names one thing; a handler is file.function.', _EXAMPLE
    if len(parts) > 2:
        return f'"{handler}" has {len(parts)} parts; a handler is file.function, with one dot.', _EXAMPLE
    for what, part in zip(("file", "function"), parts, strict=True):
        wrong = _part(what, part)
        if wrong is not None:
            return f'"{handler}" is no handler: {wrong}.', _EXAMPLE
    return None


def _part(what: str, part: str) -> str | None:
    least, most = limit("handler.part.min_chars"), limit("handler.part.max_chars")
    if not least <= len(part) <= most:
        return f'the {what} "{part}" has {counted(len(part), "character")}, allowed are {least} to {most}'
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
