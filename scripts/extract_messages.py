"""Write the catalogue of translatable texts (POT): messages, templates of findings and rules, and help texts.

Run it from the root of the repository: python scripts/extract_messages.py [FILE]
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
TEMPLATES = ("summary", "detail", "hint")
PAGE = ("title", "what", "why", "wrong", "right")
DECLARATIONS = ("Declaration", "Finding", "rule", "project_rule")
MESSAGES = ("message", "_described")
REPORTS = ("at", "report", "finding", "finding_at", "finding_at_key", "trigger_finding")
HELP = ("Option", "Argument", "CommandApp")
TABLES = re.compile(r"COMMANDS|_[A-Z_]*(HINTS|EXPECTED|MEANINGS|OTHER_SOURCES|KIND_TEXTS)")
"""Names of tables whose values are templates."""
PLACEHOLDER = re.compile(r"\{[a-z_][a-z0-9_]*\}")


class Template(NamedTuple):
    """A text to translate, and where it is."""

    text: str
    file: str
    line: int


def templates(folder: Path = ROOT / "scfdeploy") -> Iterator[Template]:
    """Every text in the modules of a folder, in the order of files and lines."""
    for path in sorted(folder.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if hasattr(node, "lineno")]
        for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
            for text in _texts_of_node(node):
                yield Template(text, file, node.lineno)


def catalogue(output: Path) -> int:
    """Write the catalogue with Babel, and return the number of its texts."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    made = Catalog(project="scfdeploy", charset="utf-8")
    for found in templates():
        flags = ("python-brace-format",) if PLACEHOLDER.search(found.text) else ()
        made.add(found.text, locations=[(found.file, found.line)], flags=flags)
    with output.open("wb") as file:
        write_po(file, made, omit_header=False, sort_output=False)
    return len(made)


def _texts_of_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call():
            yield from _texts_of_call(node)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values)) if TABLES.fullmatch(name):
            for value in values:
                yield from _texts(value)
        case ast.FunctionDef() if _is_command(node) and (text := ast.get_docstring(node)):
            yield text


def _is_command(function: ast.FunctionDef) -> bool:
    """Whether the docstring of a function is the help of a command."""
    calls = [decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ("command", "callback") for call in calls)


def _texts_of_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in MESSAGES and call.args:
        yield from _texts(call.args[0])
    if name == "plural":
        for form in call.args[1:]:
            yield from _texts(form)
    if name in (*DECLARATIONS, "Field") and len(call.args) > 2:
        yield from _texts(call.args[2])
    keywords: tuple[str, ...] = ()
    if name in DECLARATIONS:
        keywords = (*TEMPLATES, *PAGE)
    elif name in REPORTS:
        keywords = TEMPLATES
    elif name in HELP:
        keywords = ("help",)
    for keyword in call.keywords:
        if keyword.arg in keywords:
            yield from _texts(keyword.value)


def _texts(node: ast.expr) -> Iterator[str]:
    """The literals that an expression can be."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "scfdeploy.pot")
    print(f"{catalogue(target)} texts in {target}")
