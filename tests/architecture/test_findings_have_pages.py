"""Every finding is declared once and has a complete public page."""

from __future__ import annotations

import pytest

from scfdeploy.diagnostics.finding import declared_findings
from scfdeploy.diagnostics.page import PARTS, Page
from scfdeploy.facts.errors import error_codes
from scfdeploy.report.pages import all_pages
from scfdeploy.rules import all_rules

PACKAGES = ("scfdeploy.config", "scfdeploy.packager", "scfdeploy.plan")
PAGES = pytest.mark.parametrize("page", all_pages().values(), ids=lambda page: page.id)


def test_finding_ids_are_declared_once() -> None:
    ids = [finding.id for finding in declared_findings(PACKAGES)] + [rule.id for rule in all_rules()]
    assert len(ids) == len(set(ids))


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
