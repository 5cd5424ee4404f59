"""The catalogue of each language has every text, and ships with the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scfdeploy.cli.catalogue import read_catalogue
from scfdeploy.cli.language import translator
from tests.support.translatable import translatable_texts

ROOT = Path(__file__).parents[2]
CODE = re.compile("```.*?```|`[^`]*`", re.DOTALL)
UPDATE = "run scripts/update_translations.py, and translate what it lists"


def test_catalogues_are_up_to_date_with_a_translation_of_every_text() -> None:
    """Each with the placeholders and the code of the English text."""
    pytest.importorskip("babel")
    from scripts.update_translations import CATALOGUES, file_content, problems, updated

    for path in CATALOGUES:
        catalogue = updated(path)
        assert list(problems(catalogue)) == [], UPDATE
        assert path.read_bytes() == file_content(catalogue), UPDATE


def test_catalogue_is_read_as_babel_reads_it() -> None:
    pytest.importorskip("babel")
    from scripts.update_translations import FILE, read

    assert read_catalogue(str(FILE)) == {entry.id: entry.string for entry in read() if entry.id and entry.string}


def test_installed_catalogue_translates_every_text() -> None:
    translate = translator("zh")
    assert translate is not None

    sentences = [text for text in translatable_texts() if re.search("[a-z]{3} [a-z]{3}", CODE.sub("", text))]
    assert len(sentences) > 3000
    assert [text for text in sentences if translate(text) == text] == []


def test_chinese_sentences_end_like_the_english_ones() -> None:
    translate = translator("zh")
    assert translate is not None
    pairs = [(text, translate(text)) for text in translatable_texts() if re.search(r"[a-z)]\.$", text)]

    assert [(text, chinese) for text, chinese in pairs if not chinese.endswith(("。", "。）", "”", "`", "}"))] == []


def test_terms_of_the_documentation_are_those_of_the_translations() -> None:
    page = (ROOT / "docs" / "reference" / "languages.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page.partition("## Terms")[2], re.MULTILINE)[2:]
    terms = [term for _, chinese in rows for term in chinese.split("、")]
    translate = translator("zh")
    assert translate is not None
    translations = "\n".join(map(translate, translatable_texts()))

    assert len(terms) > 80
    # This one is in guides only.
    assert [term for term in terms if term not in translations] == ["灰度发布"]
