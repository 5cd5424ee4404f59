"""Write the catalogue of translatable texts (POT): every message, and the templates of findings and rules.

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
DECLARATIONS = ("Finding", "rule", "project_rule")
REPORTS = ("at", "report", "finding", "finding_at", "finding_at_key", "trigger_finding")
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
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            for text in _texts_of_call(call):
                yield Template(text, file, call.lineno)


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


def _texts_of_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "message" and call.args:
        yield from _texts(call.args[0])
    if name == "plural":
        for form in call.args[1:]:
            yield from _texts(form)
    if name in DECLARATIONS and len(call.args) > 2:
        yield from _texts(call.args[2])
    wanted = (*TEMPLATES, *PAGE) if name in DECLARATIONS else TEMPLATES if name in REPORTS else ()
    for keyword in call.keywords:
        if keyword.arg in wanted:
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
