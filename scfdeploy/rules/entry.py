"""The file in which a function starts, and what stands in it."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from scfdeploy.diagnostics import Position, Span
from scfdeploy.model import FolderSource, FunctionSpec, Source
from scfdeploy.rules.definitions import Defined, SyntaxMistake, in_nodejs, in_php, in_python2, in_python3
from scfdeploy.rules.handler import wrong_form
from scfdeploy.rules.language import language_of, runtime_of
from scfdeploy.rules.rule import Context
from scfdeploy.rules.values import text

_FILES = {
    "python": ("{}.py", "{}/__init__.py", "{}.pyc", "{}.so"),
    "nodejs": ("{}.js", "{}.cjs", "{}.mjs", "{}/index.js", "{}.json", "{}.node"),
    "php": ("{}.php",),
}


class Handler(NamedTuple):
    """A handler of the form file.function, and the paths at which its file may lie."""

    language: str
    file: str
    function: str
    paths: tuple[str, ...]

    @property
    def usual_path(self) -> str:
        """Where people put it."""
        return self.paths[0]


def handler_of(function: FunctionSpec) -> Handler | None:
    """The function's handler, where it is written in good form for a language that is read here."""
    handler, language = text(function.settings, "handler"), language_of(function)
    if handler is None or function.is_web or language not in _FILES or wrong_form(handler, language):
        return None
    file, _, name = handler.partition(".")
    return Handler(language, file, name, tuple(form.format(file) for form in _FILES[language]))


def defined_in(function: FunctionSpec, path: str, context: Context) -> Defined | SyntaxMistake | None:
    """What a file of the function's code defines; None when it cannot be read."""
    code = context.code.read(function.source, path) if function.source is not None else None
    runtime = runtime_of(function)
    if code is None or runtime is None:
        return None
    major, minor = _version(runtime.name)
    match runtime.language, path.rpartition(".")[2]:
        case ("python", "py") if major >= 3:
            return in_python3(code, (major, minor))
        case ("python", "py"):
            return in_python2(code.decode("utf-8", "replace"))
        case ("nodejs", "js" | "cjs" | "mjs"):
            return in_nodejs(code.decode("utf-8", "replace"))
        case ("php", "php"):
            return in_php(code.decode("utf-8", "replace"))
    return None


def place_in(source: Source, path: str, context: Context, mistake: SyntaxMistake) -> Span | None:
    """The place of a mistake in a file of the code, as people read it; None inside an archive, which nobody opens."""
    if not isinstance(source, FolderSource):
        return None
    inside = os.path.relpath(os.path.join(source.root, path), context.instance.root)  # noqa: PTH118
    shown = os.path.normpath(os.path.join(os.path.dirname(context.instance.file), inside))  # noqa: PTH118, PTH120
    start = Position(mistake.line, mistake.column)
    return Span(shown, start, Position(mistake.line, mistake.column + 1))


def _version(runtime: str) -> tuple[int, int]:
    match = re.search(r"(\d+)(?:\.(\d+))?", runtime)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)
