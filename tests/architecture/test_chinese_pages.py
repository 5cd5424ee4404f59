"""README, tutorial and how-to guides exist in Chinese, with commands, links and sections of the English pages."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.markdown import LINK, anchors
from tests.support.scripts import ROOT, load_script

SCRIPT = load_script("update_chinese_pages")
PAIRS: dict[Path, Path] = SCRIPT.pages()
CHINESE = ROOT / "docs" / "zh"
GENERATED = [page for page in sorted(CHINESE.rglob("*.md")) if SCRIPT.is_generated(page)]
pages = pytest.mark.parametrize("english", PAIRS, ids=lambda page: page.relative_to(ROOT).as_posix())
LANGUAGE_LINKS = (ROOT / "README.md", ROOT / "README.zh-CN.md")
"""Only README has a link to its other language; pages of the site get theirs from the site."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ .*$", SCRIPT.prose(text), re.MULTILINE)


def code(text: str) -> set[str]:
    return set(re.findall(r"`[^`]+`", SCRIPT.prose(text).replace("\n", " ")))


def english_page(page: Path) -> Path:
    """The English page of a Chinese one; any other page itself."""
    if page == ROOT / "README.zh-CN.md":
        return ROOT / "README.md"
    return ROOT / "docs" / page.relative_to(CHINESE) if page.is_relative_to(CHINESE) else page


def links(page: Path) -> list[tuple[str, int | str]]:
    """What a page links to: the English page, and the number of its section; sorted."""
    found: list[tuple[str, int | str]] = []
    for link in LINK.findall(SCRIPT.prose(text_of(page))):
        path, _, anchor = link.partition("#")
        if "://" in path:
            found.append((path, anchor))
            continue
        target = Path(os.path.normpath(page.parent / unquote(path))) if path else page
        if target in LANGUAGE_LINKS and page in LANGUAGE_LINKS:
            continue
        assert target.exists(), f"{page.relative_to(ROOT)}: {link}"
        section = anchors(text_of(target)).index(unquote(anchor)) if anchor else ""
        found.append((english_page(target).relative_to(ROOT).as_posix(), section))
    return sorted(found, key=str)


@pages
def test_page_has_a_chinese_page(english: Path) -> None:
    assert PAIRS[english].exists(), "Translate the page."
    assert re.search("[\u4e00-\u9fff]", SCRIPT.prose(text_of(PAIRS[english])))


def test_chinese_page_has_an_english_page() -> None:
    assert [page for page in CHINESE.rglob("*.md") if not english_page(page).exists()] == []


@pages
def test_blocks_are_those_of_the_english_page(english: Path) -> None:
    blocks = SCRIPT.blocks(text_of(PAIRS[english]))

    assert blocks == SCRIPT.blocks(text_of(english)), "Run scripts/update_chinese_pages.py."


@pages
def test_sections_are_those_of_the_english_page(english: Path) -> None:
    levels = [[heading.count("#") for heading in headings(text_of(page))] for page in (PAIRS[english], english)]

    assert levels[0] == levels[1]


@pages
def test_names_in_the_text_are_those_of_the_english_page(english: Path) -> None:
    assert code(text_of(PAIRS[english])) == code(text_of(english))


@pages
def test_links_lead_where_those_of_the_english_page_lead(english: Path) -> None:
    assert links(PAIRS[english]) == links(english)


def test_chinese_pages_link_to_chinese_pages_where_there_are_some() -> None:
    english = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in (ROOT / "README.zh-CN.md", *sorted(CHINESE.rglob("*.md")))
        for link in re.findall(r"\]\(([^)#:\s]+\.md)", SCRIPT.prose(text_of(page)))
        if english_page(target := Path(os.path.normpath(page.parent / link))) == target
        and target.is_relative_to(ROOT / "docs")
        and (CHINESE / target.relative_to(ROOT / "docs")).exists()
    ]

    assert english == []


def test_generated_pages_have_blocks_sections_and_names_of_the_english_ones() -> None:
    assert len(GENERATED) > 200
    for page in GENERATED:
        texts = (text_of(page), text_of(english_page(page)))
        assert SCRIPT.blocks(texts[0]) == SCRIPT.blocks(texts[1]), page
        assert [line.count("#") for line in headings(texts[0])] == [line.count("#") for line in headings(texts[1])], (
            page
        )
        assert code(texts[0]) == code(texts[1]), page


def test_generated_pages_have_no_english_sentences() -> None:
    quoted = re.compile(r"`[^`]*`|\]\([^)]*\)|\"[^\"]*\"|eval .*|^## scfdeploy .*", re.MULTILINE)
    for page in GENERATED:
        text = quoted.sub("", SCRIPT.prose(text_of(page)))
        assert re.findall("[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}.*", text) == [], page


def test_pages_have_no_marks_of_unresolved_conflicts() -> None:
    marks = re.compile("^(<<<<<<<|=======|>>>>>>>)", re.MULTILINE)
    pages = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))

    assert [str(page) for page in pages if marks.search(text_of(page))] == []


@pages
def test_paragraphs_are_not_broken_into_lines(english: Path) -> None:
    """A browser shows a line break between Chinese characters as a blank."""
    assert (
        re.findall(r"[^\n|]\n[ ]*[\u4e00-\u9fff，。；：（）、“”].{0,20}", SCRIPT.prose(text_of(PAIRS[english]))) == []
    )


def bold_text(text: str) -> list[tuple[str, str, str]]:
    """Each text between two `**`, with the characters before and after it."""
    parts = re.split(r"\*\*", re.sub(r"`[^`]+`", "``", SCRIPT.prose(text)))
    return [(parts[at - 1][-1:], parts[at], parts[at + 1][:1]) for at in range(1, len(parts) - 1, 2)]


@pages
def test_bold_text_is_shown_bold(english: Path) -> None:
    """Markdown sees no end of bold text in `文字。**文字`, and no beginning in `文字**“`."""
    for before, bold, after in bold_text(text_of(PAIRS[english])):
        assert bold[-1] not in "。：，；！？）”" or not after.isalnum(), bold
        assert bold[0] not in "（“" or not before.isalnum(), bold


def test_bold_text_is_found_with_its_neighbours() -> None:
    assert bold_text("甲**乙。**丙 `**` **丁**") == [("甲", "乙。", "丙"), (" ", "丁", "")]


PAGE = "# Title\n\nUse `a`.\n\n<!-- test: exit 1 -->\n```sh\n# not a heading\n`no name`\n```\n\n## Next\n"


def test_blocks_include_the_comments_for_tests() -> None:
    assert SCRIPT.blocks(PAGE) == ["<!-- test: exit 1 -->\n```sh\n# not a heading\n`no name`\n```"]
    assert (headings(PAGE), code(PAGE)) == (["# Title", "## Next"], {"`a`"})


def test_update_replaces_blocks_only() -> None:
    chinese = PAGE.replace("Title", "标题").replace("exit 1", "exit 2").replace("no name", "old")

    assert SCRIPT.updated(PAGE, chinese) == PAGE.replace("Title", "标题")


def test_update_refuses_another_number_of_blocks() -> None:
    with pytest.raises(ValueError, match="0 blocks; the English page has 1"):
        SCRIPT.updated(PAGE, "# 标题\n")
