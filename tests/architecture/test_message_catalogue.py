"""The catalogue for translators has every text that users see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scfdeploy.rules import all_rules
from scripts.extract_messages import catalogue, templates

TEXTS = {found.text for found in templates()}


@pytest.mark.parametrize(
    "text",
    [
        "Invalid memory size",
        "Use {below} or {above}.",
        "A rule failed",
        'the {what} "{part}" must begin and end with a letter',
    ],
)
def test_template_is_in_the_catalogue(text: str) -> None:
    assert text in TEXTS


def test_declared_templates_of_rules_are_in_the_catalogue() -> None:
    declared = {text for rule in all_rules() for text in (rule.summary, rule.detail, rule.hint) if text}

    assert declared <= TEXTS


def test_placeholders_are_lower_case_names() -> None:
    names = {name for rule in all_rules() for text in (rule.detail, rule.hint) for name in re.findall(r"{(\w+)}", text)}

    assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)


def test_catalogue_is_written_as_pot_file(tmp_path: Path) -> None:
    pytest.importorskip("babel")
    count = catalogue(tmp_path / "scfdeploy.pot")

    text = (tmp_path / "scfdeploy.pot").read_text(encoding="utf-8")
    assert count == text.count("\nmsgid ") - 1 == len(TEXTS)
    assert 'msgid "Invalid memory size"' in text
