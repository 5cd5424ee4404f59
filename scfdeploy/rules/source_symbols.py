"""The symbols that a source file defines, found without running it.

Each reader returns the names it finds and whether the list is complete. Code can define names dynamically; then no rule
reports a missing one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    import ast


class Symbols(NamedTuple):
    """Names that a handler can refer to."""

    names: frozenset[str]
    complete: bool
    """False when the code can define further names dynamically."""
    modules: frozenset[str] = frozenset()
    """Names of imported modules, which are not suggested as handlers."""


class SyntaxMistake(NamedTuple):
    """Position and message of the first syntax error in a file."""

    line: int
    column: int
    message: str


@lru_cache(maxsize=16)
def in_python3(code: bytes, version: tuple[int, int]) -> Symbols | SyntaxMistake | None:
    """Names bound at the top level of a Python 3 module, or its syntax error; None when it cannot be parsed.

    `version` is that of the runtime, limited by the grammar of the Python that runs scfdeploy.
    """
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as an invalid escape in the user's code
            tree = ast.parse(code, feature_version=max(version, (3, 7)))
    except SyntaxError as error:
        return SyntaxMistake(error.lineno or 1, max(error.offset or 1, 1), error.msg)
    except (ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    modules: set[str] = set()
    complete = _bindings(tree.body, names, modules)
    return Symbols(frozenset(names), complete, frozenset(modules))


def _bindings(body: list[ast.stmt], names: set[str], modules: set[str]) -> bool:
    """Add the names that the statements of a module bind, and those of modules; False when they can bind more."""
    import ast

    complete = True
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)  # not walked: names inside are local
                complete = complete and name != "__getattr__"
            case _:
                # A list, because every node must be visited.
                results = [_binding(node, names, modules) for node in ast.walk(statement)]
                complete = complete and all(results)
    return complete


def _binding(node: ast.AST, names: set[str], modules: set[str]) -> bool:
    """Add the names that one node of a statement binds, and those of modules; False when it can bind more."""
    import ast

    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            names.add(name)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            names.add(name)  # under an if or a try
        case ast.Import(names=aliases):
            modules.update(alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.alias(name="*"):
            return False
        case ast.alias(name=name, asname=other):
            names.add(other or name.partition(".")[0])
        case ast.Call(func=ast.Name(id="globals" | "exec" | "setattr" | "vars" | "eval")):
            return False
        case ast.Attribute(attr="modules" | "__dict__"):
            return False
    return True


def in_python2(code: str) -> Symbols:
    """Every identifier in a Python 2 module, which the parser of Python 3 cannot read."""
    return _mentions(code, dynamic=re.search(r"import\s+\*|\bexec\b|\bglobals\(|\bsetattr\(", code) is not None)


# Compiled on first use: compiling at import would slow start-up.
_NODE_EXPORT = r"""exports\s*\.\s*([\w$]+)\s*=(?!=)            # exports.name = , module.exports.name =
      | exports\s*\[\s*["']([\w$]+)["']\s*\]         # exports["name"]
      | defineProperty\s*\(\s*(?:module\.)?exports\s*,\s*["']([\w$]+)["']
      | \bthis\s*\.\s*([\w$]+)\s*=(?!=)              # this is exports in a CommonJS module
      | \bexport\s+(?:async\s+)?(?:const|let|var|class|function)\b\s*\*?\s*([\w$]+)"""
_NODE_WHOLE = r"exports\s*=\s*\{|\bexport\s*(?:const|let|var)?\s*\{"
_NODE_DYNAMIC = r"""exports\s*=(?!=)\s*(?!\s*\{)                 # module.exports = require(…), a class, a call
      | \bexport\s*\*                                # all of another module
      | exports\s*\[\s*(?!\s*["'])                   # a name that is computed
      | \.\.\.                                       # spread into something
      | [(,]\s*(?:module\.)?exports\s*[,)]           # passed to a function
      | =\s*(?:module\.)?exports\b                   # assigned to another name
      | __webpack|__esModule|__export|\beval\b|createRequire"""


def in_nodejs(code: str) -> Symbols:
    """Names that a Node.js module appears to export. Exports in comments count too."""
    names = {name for match in re.finditer(_NODE_EXPORT, code, re.VERBOSE) for name in match.groups() if name}
    if re.search(_NODE_WHOLE, code):
        names |= _mentions(code, dynamic=False).names
    minified = max((len(line) for line in code.splitlines()), default=0) > 2000
    return Symbols(frozenset(names), not minified and re.search(_NODE_DYNAMIC, code, re.VERBOSE) is None)


def in_php(code: str) -> Symbols:
    """Functions that a PHP file defines, in lower case, because PHP ignores case."""
    names = frozenset(name.lower() for name in re.findall(r"\bfunction\s+&?\s*(\w+)\s*\(", code, re.IGNORECASE))
    return Symbols(names, re.search(r"\b(require|include|eval)(_once)?\b", code, re.IGNORECASE) is None)


def _mentions(code: str, *, dynamic: bool) -> Symbols:
    return Symbols(frozenset(re.findall(r"[A-Za-z_$][\w$]*", code)), not dynamic)
