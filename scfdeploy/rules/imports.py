"""Finds the packages that a function's code imports when it is loaded, without running it.

Follows imports of the code's own modules from the entry file. Only imports that always run count: those inside a
function, an `if` or a `try` may never run, or are allowed to fail.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.records import NamedTuple

_MAX_FILES = 40
_MAX_BYTES = 1 << 20
"""Of all files that are read for one function."""
_SEARCH_PATHS = ("sys.path", "addsitedir", "PYTHONPATH", "NODE_PATH", "module.paths", "_initPaths")
"""Code that uses one of these can load packages from folders that are not known here."""


class Import(NamedTuple):
    """An import of a package: the name up to the first dot or slash, and where it is written."""

    name: str
    path: str
    line: int
    column: int


class SourceFiles(NamedTuple):
    """Access to the files of a function's code by relative path."""

    read: Callable[[str], str | None]
    """The text of a file; None when there is none or it is too large."""
    top: frozenset[str]
    """The names at the root of the code."""
    has_packages: bool
    """Whether packages are installed at the root of the code; their own imports are not followed."""


def python_imports(entry: str, files: SourceFiles) -> list[Import] | None:
    """Imports of modules that are not at the root of the code; None when they cannot be known."""
    modules = frozenset(name.partition(".")[0] for name in files.top)
    found: dict[str, Import] = {}
    for path, text in _reachable(entry, files, _local_python_files):
        if text is None:
            return None
        for statement in _import_lines(text):
            name = statement.module.partition(".")[0]
            if name and name not in modules and name not in found:
                found[name] = Import(name, path, statement.line, statement.column)
    return list(found.values())


def always_runs(code: str, line: int) -> bool:
    """Whether an import statement at the start of this line of Python code is one of the module itself.

    What looks like one can be part of a text.
    """
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(node.lineno == line and isinstance(node, ast.Import | ast.ImportFrom) for node in body)


class _ImportLine(NamedTuple):
    module: str
    """Empty for a relative import without a name, otherwise with its leading dots."""
    names: tuple[str, ...]
    """What is imported from the module."""
    line: int
    column: int


def _import_lines(text: str) -> Iterator[_ImportLine]:
    """The import statements at the start of lines; those of a block are indented."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith("import "):
            for part in line[7:].partition("#")[0].partition(";")[0].split(","):
                words = part.split()
                if words and _is_module(words[0]):
                    yield _ImportLine(words[0], (), number, line.find(words[0], 6) + 1)
        elif line.startswith("from "):
            module, _, names = line[5:].partition(" import ")
            module = module.strip()
            if _is_module(module.lstrip(".")) or (module and not module.strip(".")):
                yield _ImportLine(module, tuple(_imported_names(names, lines[number : number + 50])), number, 6)


def _is_module(name: str) -> bool:
    return bool(name) and all(part.isidentifier() for part in name.split("."))


def _imported_names(names: str, following: list[str]) -> Iterator[str]:
    if names.lstrip().startswith("(") and ")" not in names:
        for line in following:
            names += " " + line.partition("#")[0]
            if ")" in line:
                break
    for part in names.partition("#")[0].strip(" ();\\").split(","):
        words = part.split()
        if words and words[0].isidentifier():
            yield words[0]


def _local_python_files(path: str, text: str, files: SourceFiles) -> Iterator[str]:
    """The possible files of the code's own modules that this file imports."""
    local = {name.partition(".")[0] for name in files.top}
    folder = posixpath.dirname(path)
    for statement in _import_lines(text):
        name = statement.module.lstrip(".")
        level = len(statement.module) - len(name)
        if level:
            base = folder
            for _ in range(level - 1):
                base = posixpath.dirname(base)
            parts = [*base.split("/"), *name.split(".")] if name else base.split("/")
        else:
            parts = name.split(".")
        parts = [part for part in parts if part]
        if parts and (parts[0] not in local or (files.has_packages and f"{parts[0]}.py" not in files.top)):
            continue
        for length in range(1, len(parts) + 1):
            yield from _python_files("/".join(parts[:length]))
        for imported in statement.names:
            yield from _python_files("/".join([*parts, imported]))


def _python_files(module: str) -> tuple[str, str]:
    return f"{module}.py", f"{module}/__init__.py"


# An assignment, an import or an export at the start of a line: code inside a block is indented.
_NODE_IMPORT = lazy_pattern(
    r"""^(?: (?:const|let|var)\s[^;=()]*=\s*(?:[\w.]+\()?require\(\s*["']([^"'\n]+)["']\s*\)
           | require\(\s*["']([^"'\n]+)["']\s*\)
           | import\s*["']([^"'\n]+)["']
           | import\s(?!type\s)[^"'();]*?\sfrom\s*["']([^"'\n]+)["']
           | export\s(?!type\s)[^"'();=]*?\sfrom\s*["']([^"'\n]+)["'] )""",
    re.VERBOSE | re.MULTILINE,
)
_NODE_TEXT = lazy_pattern(r"^\s*/\*.*?\*/|`[^`]*`", re.DOTALL | re.MULTILINE)
_NODE_ENDINGS = ("", ".js", ".cjs", ".mjs", "/index.js")


def nodejs_imports(entry: str, files: SourceFiles) -> list[Import] | None:
    """Imports of packages, by their names; None when they cannot be known."""
    found: dict[str, Import] = {}
    for path, text in _reachable(entry, files, _local_nodejs_files):
        if text is None:
            return None
        for match in _node_imports(text):
            specifier = match[match.lastindex or 0]
            name = _package_name(specifier)
            if name is not None and name not in found:
                start = match.start(match.lastindex or 0)
                line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
                found[name] = Import(name, path, line, column)
    return list(found.values())


def _node_imports(text: str) -> Iterator[re.Match[str]]:
    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    return _NODE_IMPORT.finditer(_NODE_TEXT.sub(blank, text))


def _package_name(specifier: str) -> str | None:
    """The package of an import; None for files, private names, addresses, and modules of Node.js with their prefix."""
    if specifier.startswith((".", "/", "#")) or ":" in specifier or not specifier.strip():
        return None
    first, _, rest = specifier.partition("/")
    return f"{first}/{rest.partition('/')[0]}" if first.startswith("@") else first


def _local_nodejs_files(path: str, text: str, _files: SourceFiles) -> Iterator[str]:
    for match in _node_imports(text):
        specifier = match[match.lastindex or 0]
        if specifier.startswith("."):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
            if not target.startswith(".."):
                yield from (target + ending for ending in _NODE_ENDINGS if not target.endswith((".json", ".node")))


def _reachable(
    entry: str, files: SourceFiles, local_files: Callable[[str, str, SourceFiles], Iterator[str]]
) -> Iterator[tuple[str, str | None]]:
    """The entry file and the own files that it imports, with their texts; None when packages can be anywhere."""
    waiting, seen, left = [entry], {entry}, _MAX_BYTES
    count = 0
    while waiting and count < _MAX_FILES:
        path = waiting.pop(0)
        text = files.read(path)
        if text is None:
            continue
        count, left = count + 1, left - len(text)
        if left < 0:
            return
        if any(word in text for word in _SEARCH_PATHS):
            yield path, None
            return
        yield path, text
        for other in local_files(path, text, files):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
