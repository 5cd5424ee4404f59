"""Whatever can stand in brackets behind a finding has a public page, and no page is about what nobody finds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.diagnostics.page import PARTS, Page
from scfdeploy.facts import error_codes
from scfdeploy.report.pages import all_pages
from scfdeploy.rules import all_rules

ROOT = Path(__file__).parents[2] / "scfdeploy"
ROOMS = ("config", "packager", "operations", "plan", "rules")
NAME = re.compile(r"[a-z]+[0-9]*(-[a-z0-9]+)+")
NO_FINDINGS = {"utf-8", "utf-8-sig", "error-code", "status-code", "retry-count", "multi-scf"}
PAGES = pytest.mark.parametrize("page", all_pages().values(), ids=lambda page: page.id)


def names_in_calls(tree: ast.AST) -> Iterator[str]:
    """Texts in the form of an id among the first arguments of any call: that is how findings are made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = [keyword.value for keyword in node.keywords if keyword.arg == "rule"]
            for argument in [*node.args[:3], *named]:
                yield from filter(NAME.fullmatch, texts_of(argument))


def texts_of(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts_of(body)
            yield from texts_of(orelse)


def found_in_the_source() -> set[str]:
    modules = [
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.name != "pages.py" and path.parent.name != "findings"
    ]
    names = {name for path in modules for name in names_in_calls(ast.parse(path.read_text(encoding="utf-8")))}
    return names - NO_FINDINGS


def test_every_finding_has_a_page() -> None:
    assert found_in_the_source() == set(all_pages())


def test_rules_are_among_them() -> None:
    assert {rule.id for rule in all_rules()} < set(all_pages())


@PAGES
def test_a_page_has_its_parts_and_a_sentence_for_a_title(page: Page) -> None:
    assert tuple(page.parts) == PARTS
    assert all(page.parts.values())
    assert page.title.endswith(".")
    assert page.markdown.startswith(f"# {page.id}\n")


@PAGES
def test_the_codes_of_a_page_are_documented(page: Page) -> None:
    assert set(page.codes) <= set(error_codes())
