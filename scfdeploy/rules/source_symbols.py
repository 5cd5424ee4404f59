"""What a file of code defines, as far as its text tells without running it.

Each reader answers with the names it is sure of and whether there may be more: code can define things in ways that no
text shows, and then nothing is said against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast


class Defined(NamedTuple):
    """Names that a handler may call. `complete` is false when there may be others that the text does not show.

    `modules` are those of them that stand for whole modules: nobody means one as a handler.
    """

    names: frozenset[str]
    complete: bool
    modules: frozenset[str] = frozenset()


class SyntaxMistake(NamedTuple):
    """The place and the parser's words for the first thing in a file that cannot be read."""

    line: int
    column: int
    message: str


@lru_cache(maxsize=16)
def in_python3(code: bytes, version: tuple[int, int]) -> Defined | SyntaxMistake | None:
    """Names bound at the top level of a Python 3 module, or its syntax error; None when it is past reading.

    `version` is the language's version where the code will run; the grammar of this machine's Python sets the limit.
    """
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful escape in a user's text is not ours to print
            tree = ast.parse(code, feature_version=max(version, (3, 7)))
    except SyntaxError as error:
        return SyntaxMistake(error.lineno or 1, max(error.offset or 1, 1), error.msg)
    except (ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    complete = _bindings(tree.body, names)
    return Defined(frozenset(names), complete, frozenset(_modules(tree)))


def _modules(tree: ast.Module) -> Iterator[str]:
    """The names that plain imports bind."""
    import ast

    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)


def _bindings(body: list[ast.stmt], names: set[str]) -> bool:
    """Collect what the statements of a module bind; False when something may bind more."""
    import ast

    complete = True
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)  # what it binds inside binds nothing outside
                complete = complete and name != "__getattr__"
            case _:
                partial = [_binding(node, names) for node in ast.walk(statement)]  # each binds, whatever the others say
                complete = complete and all(partial)
    return complete


def _binding(node: ast.AST, names: set[str]) -> bool:
    """Collect what one node within a statement binds; False when it may bind more than it shows."""
    import ast

    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            names.add(name)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            names.add(name)  # under an if or a try
        case ast.alias(name="*"):
            return False
        case ast.alias(name=name, asname=other):
            names.add(other or name.partition(".")[0])
        case ast.Call(func=ast.Name(id="globals" | "exec" | "setattr" | "vars" | "eval")):
            return False
        case ast.Attribute(attr="modules" | "__dict__"):
            return False
    return True


def in_python2(code: str) -> Defined:
    """Names that a Python 2 module seems to bind: today's parser cannot read it, so any mention counts."""
    return _mentions(code, dynamic=re.search(r"import\s+\*|\bexec\b|\bglobals\(|\bsetattr\(", code) is not None)


# Patterns are compiled where they are first used, to keep the start of the program quick.
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
      | [(,]\s*(?:module\.)?exports\s*[,)]           # handed to somebody
      | =\s*(?:module\.)?exports\b                   # known by another name
      | __webpack|__esModule|__export|\beval\b|createRequire"""


def in_nodejs(code: str) -> Defined:
    """Names that a Node.js module seems to export. An export in a comment counts too: better silent than wrong."""
    names = {name for match in re.finditer(_NODE_EXPORT, code, re.VERBOSE) for name in match.groups() if name}
    if re.search(_NODE_WHOLE, code):
        names |= _mentions(code, dynamic=False).names
    minified = max((len(line) for line in code.splitlines()), default=0) > 2000
    return Defined(frozenset(names), not minified and re.search(_NODE_DYNAMIC, code, re.VERBOSE) is None)


def in_php(code: str) -> Defined:
    """Functions that a PHP file defines, in small letters: PHP does not tell them apart."""
    names = frozenset(name.lower() for name in re.findall(r"\bfunction\s+&?\s*(\w+)\s*\(", code, re.IGNORECASE))
    return Defined(names, re.search(r"\b(require|include|eval)(_once)?\b", code, re.IGNORECASE) is None)


def _mentions(code: str, *, dynamic: bool) -> Defined:
    return Defined(frozenset(re.findall(r"[A-Za-z_$][\w$]*", code)), not dynamic)
