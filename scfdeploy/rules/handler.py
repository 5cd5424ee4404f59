"""Handlers: their format in each language, and the file of code that defines them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from functools import lru_cache

from scfdeploy.diagnostics import Position, Span, message
from scfdeploy.facts import limit
from scfdeploy.model import FolderSource, FunctionSpec, Source
from scfdeploy.records import NamedTuple
from scfdeploy.rules.rule import Context
from scfdeploy.rules.source_symbols import Symbols, SyntaxMistake, in_nodejs, in_php, in_python2, in_python3
from scfdeploy.rules.values import character_count, language_of, runtime_of, text

_JAVA = r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*::[A-Za-z_$][\w$]*"
_EXTENSIONS = ("py", "js", "cjs", "mjs", "ts", "php")
_FILES = {
    "python": ("{}.py", "{}/__init__.py", "{}.pyc", "{}.so"),
    "nodejs": ("{}.js", "{}.cjs", "{}.mjs", "{}/index.js", "{}.json", "{}.node"),
    "php": ("{}.php",),
}
_PLATFORM = "x86_64-linux-gnu"


@lru_cache(maxsize=64)
def wrong_form(handler: str, language: str) -> tuple[str, str] | None:
    """Problem and hint of an invalid handler; None when it is valid or the language allows any."""
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
                '"{handler}" contains a folder; a handler is FILE.FUNCTION, with the file at the root of the code.',
                handler=handler,
            ),
            message(
                'Point src at that folder and use "{name}".', name=handler.replace(chr(92), "/").rpartition("/")[2]
            ),
        )
    if len(parts) == 3 and parts[1] in _EXTENSIONS:
        return (
            message('"{handler}" contains the file extension.', handler=handler),
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
        problem = _part_problem(what, part)
        if problem is not None:
            return message('"{handler}" is not a handler: {problem}.', handler=handler, problem=problem), _example()
    return None


def _example() -> str:
    return message('For example "index.main_handler": the function main_handler in the file index.')


def _part_problem(what: str, part: str) -> str | None:
    least, most = limit("handler.part.min_chars"), limit("handler.part.max_chars")
    if not least <= len(part) <= most:
        length = character_count(len(part))
        return message(
            'the {what} "{part}" has {length}; it must have {least} to {most}',
            what=what, part=part, length=length, least=least, most=most,
        )  # fmt: skip
    if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
        return message('the {what} "{part}" must consist of letters, digits, "-" and "_"', what=what, part=part)
    if not (part[0].isalpha() and part[-1].isalpha()):
        return message('the {what} "{part}" must begin and end with a letter', what=what, part=part)
    return None


def _java(handler: str) -> tuple[str, str] | None:
    if re.fullmatch(_JAVA, handler):
        return None
    return (
        message('"{handler}" is not a Java handler; use package.Class::method.', handler=handler),
        message('For example "example.Hello::mainHandler".'),
    )


def _go(handler: str) -> tuple[str, str] | None:
    if re.fullmatch(r"[A-Za-z0-9_-]+", handler):
        return None
    return (
        message('"{handler}" is not a Go handler; use the name of the compiled program.', handler=handler),
        message('The name is usually "main".'),
    )


class Handler(NamedTuple):
    """A handler of the form file.function, and the possible paths of its file."""

    language: str
    file: str
    function: str
    paths: tuple[str, ...]

    @property
    def usual_path(self) -> str:
        """The most common path."""
        return self.paths[0]

    def is_module(self, path: str, version: tuple[int, int]) -> bool:
        """Whether this version of Python on Linux loads the compiled module at `path`; (0, 0) is an unknown version."""
        compiled = _compiled_for(self, path)
        if compiled is None:
            return False
        tag, platform = compiled
        return tag in {"", "abi3", "cpython-{}{}".format(*version)} | ({tag} if version == (0, 0) else set()) and (
            platform in {"", _PLATFORM}
        )

    def compiled_for_another(self, paths: Collection[str], version: tuple[int, int]) -> str | None:
        """A compiled module of the handler among `paths` that this version of Python does not load."""
        other = (path for path in paths if _compiled_for(self, path) and not self.is_module(path, version))
        return min(other, default=None)


def _compiled_for(handler: Handler, path: str) -> tuple[str, str] | None:
    """Python and platform that a module is compiled for, from its name; None for other files."""
    if handler.language != "python":
        return None
    name = re.escape(handler.file)
    match = re.fullmatch(rf"{name}(?:/__init__)?(?:\.pyc|(?:\.(abi3|cpython-\d+)[a-z]*(?:-([\w-]+))?)?\.so)", path)
    return (match[1] or "", match[2] or "") if match else None


def handler_of(function: FunctionSpec) -> Handler | None:
    """The function's handler, if it is valid and its language is Python, Node.js or PHP."""
    handler, language = text(function.settings, "handler"), language_of(function)
    return None if handler is None or function.is_web else _parse(handler, language)


@lru_cache(maxsize=64)
def _parse(handler: str, language: str) -> Handler | None:
    if language not in _FILES or wrong_form(handler, language):
        return None
    file, _, name = handler.partition(".")
    return Handler(language, file, name, tuple(form.format(file) for form in _FILES[language]))


def read_symbols(function: FunctionSpec, path: str, context: Context) -> Symbols | SyntaxMistake | None:
    """The symbols that a file of the function's code defines; None when it cannot be read."""
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


def code_span(source: Source, path: str, context: Context, line: int, column: int) -> Span | None:
    """The position of a character in a file of the code; None inside an archive."""
    if not isinstance(source, FolderSource):
        return None
    relative = os.path.relpath(os.path.join(source.root, path), context.instance.root)  # noqa: PTH118
    shown_path = os.path.normpath(os.path.join(os.path.dirname(context.instance.file), relative))  # noqa: PTH118, PTH120
    return Span(shown_path, Position(line, column), Position(line, column + 1))


@lru_cache(maxsize=64)
def version_of(runtime: str) -> tuple[int, int]:
    """The version in the name of a runtime; (0, 0) without one."""
    match = re.search(r"(\d+)(?:\.(\d+))?", runtime)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)
