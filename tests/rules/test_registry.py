"""Requirements for all rules: name, page, cases and code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scfdeploy
from scfdeploy import rules
from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import PARTS
from scfdeploy.facts.errors import error_codes
from scfdeploy.model import FUNCTION_FIELDS
from scfdeploy.report.pages import all_pages
from scfdeploy.rules import ProjectRule, Rule, all_rules, rule_ids
from scfdeploy.triggers import TRIGGER_TYPES
from scripts import generate_rule_index
from scripts.generate_rule_pages import CHINESE_FOLDER, FOLDER
from scripts.reference.rule_pages import rule_files
from scripts.reference.texts import chinese
from tests.support.rule_cases import CASES, Case, all_cases, diagnostics_of, findings_of

RULES = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
AnyRule = Rule | ProjectRule


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in all_rules()]

    assert len(ids) == len(set(ids))


def test_every_module_declares_a_rule() -> None:
    modules = {path.stem for path in Path(str(rules.__file__)).parent.glob("*/*.py")} - {"__init__"}

    assert modules == {rule.check.__module__.rpartition(".")[2] for rule in all_rules()}


def test_index_of_modules_is_fresh() -> None:
    assert generate_rule_index.INDEX.read_text(encoding="utf-8") == generate_rule_index.index_text(), (
        "run: python scripts/generate_rule_index.py"
    )


def test_index_names_every_rule() -> None:
    assert rule_ids() == {rule.id for rule in all_rules()}


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yml")} == {rule.id for rule in all_rules()}


def test_codes_of_cases_are_documented() -> None:
    pages = all_pages()
    for case in all_cases():
        told = [expected.split() for expected in case.expect]

        assert {word for words in told for word in words[2:]} <= set(error_codes()), case
        assert all(set(words[2:]) <= set(pages[words[1]].codes) for words in told), case


SUBJECTS = {
    *("functions", "project", "layers", "triggers", "settings.autoCreateApi"),
    *(f"settings.{field.name}" for field in FUNCTION_FIELDS),
    *(f"triggers.{kind.type}" for kind in TRIGGER_TYPES),
}


@RULES
def test_declaration_and_page_of_rule_are_complete(rule: AnyRule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.check.__module__.rpartition(".")[2] == rule.id.replace("-", "_")
    assert set(rule.looks_at) <= SUBJECTS
    assert rule.code is None or rule.code in error_codes()
    assert rule.severity in Severity
    assert _numbers(rule.since) <= _numbers(scfdeploy.__version__), "not released"
    page = rule.page()
    assert tuple(page.parts) == PARTS
    assert all(page.parts.values())
    unfilled = re.search(r"\{[a-z_.]+\}", re.sub(r"```.*?```", "", page.markdown, flags=re.DOTALL))
    assert not unfilled, "the page has a placeholder that is not filled in"


@RULES
def test_rule_has_good_and_bad_cases(rule: AnyRule) -> None:
    cases = [case for case in all_cases() if case.rule == rule.id]

    assert any(not case.expect for case in cases)
    assert any(any(f" {rule.id}" in expected for expected in case.expect) for case in cases)


@RULES
def test_page_examples_match_the_rule(rule: AnyRule, tmp_path: Path) -> None:
    files = {"broken.py": "def main_handler(event, context:\n", "index.js": "exports.main_handler = () => 1;\n"}
    wrong, right = (_example(rule.page().parts[part]) for part in ("Wrong", "Right"))
    (tmp_path / "wrong").mkdir()
    (tmp_path / "right").mkdir()

    if wrong is not None:
        found = diagnostics_of(Case(rule.id, "page", inputs=wrong, files=files), tmp_path / "wrong")
        assert {one.rule for one in found} == {rule.id}
    if right is not None:
        assert findings_of(Case(rule.id, "page", inputs=right, files=files), tmp_path / "right") == []


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def _example(text: str) -> str | None:
    """The YAML of a part of a page; None if the part only describes it."""
    match = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    return match[1] if match else None


def test_rule_pages_are_fresh_in_both_languages() -> None:
    english = rule_files()
    with chinese():
        translated = rule_files()

    for folder, files in ((FOLDER, english), (CHINESE_FOLDER, translated)):
        assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == files, (
            "run: python scripts/generate_rule_pages.py"
        )
