"""Write the catalogue of translatable texts (POT).

They are messages, templates of findings and rules, help texts, and texts of tables, templates and pages.

Run it from the root of the repository: python scripts/extract_messages.py [FILE]
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scfdeploy.diagnostics.page import PARTS, parts  # noqa: E402 - as below
from scfdeploy.facts.loader import rows  # noqa: E402 - the package lies beside this script, installed or not
from scfdeploy.scaffold.rendering import project_environment  # noqa: E402

TEMPLATES: tuple[str, ...] = ("summary", "detail", "hint", "reason")
PAGE = ("title", "what", "why", "wrong", "right")
DECLARATIONS = ("Declaration", "Finding", "rule", "project_rule")
MESSAGES = ("message", "translated", "_described")
POSITIONAL = {
    "UnsupportedKind": slice(1, 3),
    "_report": slice(1, None),
    "ResourceKind": slice(0, 2),
    "CronField": slice(0, 1),
    "PageText": slice(0, 1),
}
"""Functions that take templates by position, and these positions."""
ISLANDS = ("scfdeploy/delivery/", "scfdeploy/emulator/")
"""Packages whose texts are English, as those of the cloud that they imitate, but for notices of the local server."""
API_NAME = re.compile("([A-Z][a-z]+)+")
HELP = ("Option", "Argument", "CommandApp")
KEYWORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(DECLARATIONS, (*TEMPLATES, *PAGE)),
    **dict.fromkeys(HELP, ("help",)),
    "Field": (*TEMPLATES, "default"),
}
"""The arguments of functions that are templates; of all others, those named in `TEMPLATES`.

A default without spaces is a value, not a text.
"""
TABLES = re.compile(r"COMMANDS|_[A-Z_]*(HINTS|EXPECTED|MANIFESTS|MEANINGS|OTHER_SOURCES|TEXTS)")
"""Names of tables whose values are templates."""
VARIABLES = re.compile(r"lost|hint|detail|reason|[A-Z_]*_(HINT|DETAIL|REASON)")
"""Names of variables that hold a template."""
TUPLES = ("PARTS", "TYPER_WORDS", "_TIMES_WORDS")
"""Names of tuples of templates."""
FACTS = {
    "built_in_variables": ("meaning",),
    "common_error_codes": ("meaning", "action"),
    "error_codes": ("meaning", "action"),
    "status_codes": ("meaning", "fix"),
}
"""The columns of tables of facts that users see."""
PLACEHOLDER = re.compile(r"\{[a-z_][a-z0-9_]*\}")


class Template(NamedTuple):
    """A text to translate, and where it is."""

    text: str
    file: str
    line: int


@cache
def templates() -> tuple[Template, ...]:
    """Every text of the program, in the order of files and lines."""
    return (*_texts_of_modules(ROOT / "scfdeploy"), *_texts_of_data())


def templates_of_pages() -> Iterator[Template]:
    """Every text that only generated pages of the documentation have."""
    known = {found.text for found in templates()}
    yield from (found for found in _texts_of_modules(ROOT / "scripts" / "reference") if found.text not in known)


def _texts_of_modules(folder: Path) -> Iterator[Template]:
    for path in sorted(folder.rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if hasattr(node, "lineno")]
        for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
            for text in _texts_of_notice(node) if file.startswith(ISLANDS) else _texts_of_node(node):
                yield Template(text, file, node.lineno)


def _texts_of_data() -> Iterator[Template]:
    """The texts that are no Python code: of tables of facts, templates of projects, and pages of rules."""
    for table, columns in FACTS.items():
        file = f"scfdeploy/facts/tables/{table}.tsv"
        for row in rows(table):
            yield from (Template(row[column], file, 1) for column in columns if row.get(column))
    for path in sorted((ROOT / "templates" / "init").glob("*/template.toml")):
        described = tomllib.loads(path.read_text(encoding="utf-8"))
        yield Template(described["description"], path.relative_to(ROOT).as_posix(), 1)
    yield from _texts_of_project_templates()
    for path in sorted((ROOT / "scfdeploy" / "rules").rglob("*.py")):
        page = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if PARTS[0] in page:
            file = path.relative_to(ROOT).as_posix()
            yield Template(page.partition("\n")[0].strip().rstrip("."), file, 1)
            yield from (Template(part, file, 1) for part in parts(page).values() if not part.startswith("```"))


def _texts_of_project_templates() -> Iterator[Template]:
    """The comments and the prose of the files that `init` writes."""
    from jinja2.ext import extract_from_ast

    environment = project_environment()
    for path in sorted((ROOT / "templates" / "init").rglob("*.j2")):
        template = environment.parse(path.read_text(encoding="utf-8"))
        for line, _, texts in extract_from_ast(template, ("message",), babel_style=False):
            yield Template(str(texts[0]), path.relative_to(ROOT).as_posix(), line)


def extracted(texts: Iterable[Template]) -> Catalog:
    """The catalogue of Babel with these texts, without translations."""
    from babel.messages.catalog import Catalog

    made = Catalog(project="scfdeploy", charset="utf-8")
    for found in texts:
        flags = ("python-brace-format",) if PLACEHOLDER.search(found.text) else ()
        made.add(found.text, locations=[(found.file, found.line)], flags=flags)
    return made


def catalogue(output: Path) -> int:
    """Write the catalogue with Babel, and return the number of its texts."""
    from babel.messages.pofile import write_po

    made = extracted(templates())
    with output.open("wb") as file:
        write_po(file, made, omit_header=False, sort_output=False)
    return len(made)


def _texts_of_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call():
            yield from _texts_of_call(node)
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values))
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(values=values))
        ) if TABLES.fullmatch(name):
            for value in values:
                yield from (text for text in _texts(value) if not API_NAME.fullmatch(text) or name == "COMMANDS")
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if VARIABLES.fullmatch(name):
            yield from _texts(value)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple(elts=elements)) if name in TUPLES:
            for element in elements:
                yield from _texts(element)
        case ast.FunctionDef() if _is_command(node) and (text := ast.get_docstring(node)):
            yield text


def _texts_of_notice(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ServerNotice":
        yield from _texts(node.args[0])


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
    for argument in call.args[POSITIONAL[name]] if name in POSITIONAL else ():
        yield from _texts(argument)
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS.get(name, TEMPLATES):
            yield from (text for text in _texts(keyword.value) if keyword.arg != "default" or " " in text)


def _texts(node: ast.expr) -> Iterator[str]:
    """The literals that an expression can be."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the catalogue to the file that the arguments name."""
    parser = argparse.ArgumentParser(description="Write the catalogue of translatable texts.")
    parser.add_argument("output", nargs="?", type=Path, default=Path("scfdeploy.pot"), metavar="FILE")
    output = parser.parse_args(arguments).output
    print(f"{catalogue(output)} texts in {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
