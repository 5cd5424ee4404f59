"""The file in which a function starts, and what stands in it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from typing import NamedTuple

from scfdeploy.diagnostics import Position, Span
from scfdeploy.model import FolderSource, FunctionSpec, Source
from scfdeploy.rules.handler import wrong_form
from scfdeploy.rules.rule import Context
from scfdeploy.rules.runtimes import language_of, runtime_of
from scfdeploy.rules.source_symbols import Defined, SyntaxMistake, in_nodejs, in_php, in_python2, in_python3
from scfdeploy.rules.values import text

_FILES = {
    "python": ("{}.py", "{}/__init__.py", "{}.pyc", "{}.so"),
    "nodejs": ("{}.js", "{}.cjs", "{}.mjs", "{}/index.js", "{}.json", "{}.node"),
    "php": ("{}.php",),
}
_PLATFORM = "x86_64-linux-gnu"


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

    def is_module(self, path: str, version: tuple[int, int]) -> bool:
        """Whether Python of this version, on Linux, would load the file from `path`, which is compiled.

        (0, 0) stands for a version that is not known.
        """
        found = _compiled(self, path)
        if found is None:
            return False
        tag, platform = found
        return tag in {"", "abi3", "cpython-{}{}".format(*version)} | ({tag} if version == (0, 0) else set()) and (
            platform in {"", _PLATFORM}
        )

    def compiled_for_another(self, paths: Collection[str], version: tuple[int, int]) -> str | None:
        """A compiled file of the handler's name among `paths` that this version of Python does not load."""
        other = (path for path in paths if _compiled(self, path) and not self.is_module(path, version))
        return min(other, default=None)


def _compiled(handler: Handler, path: str) -> tuple[str, str] | None:
    """For which Python and which platform a module is compiled, as its name says; None when it is no such file."""
    if handler.language != "python":
        return None
    name = re.escape(handler.file)
    found = re.fullmatch(rf"{name}(?:/__init__)?(?:\.pyc|(?:\.(abi3|cpython-\d+)[a-z]*(?:-([\w-]+))?)?\.so)", path)
    return (found[1] or "", found[2] or "") if found else None


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
    major, minor = version_of(runtime.name)
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


def version_of(runtime: str) -> tuple[int, int]:
    """The version that the name of a runtime says; (0, 0) when it says none."""
    match = re.search(r"(\d+)(?:\.(\d+))?", runtime)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)
