"""The documentation site, really built: both languages, no link that leads nowhere, nothing loaded from elsewhere."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.browser import CHROMIUM, Browser, open_browser
from tests.support.scripts import load_script
from tests.support.shared import shared_folder

SHOWN = ("index.html", "tutorial/first-function/index.html", "how-to/pipelines/index.html", "zh/index.html")

needs_generator = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="zensical is not installed (dependency group docs)"
)
pytestmark = pytest.mark.waits("for the generator and the browser")
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here (make browser)")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("build_site")


@pytest.fixture(scope="module")
def site(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; that no link is broken is asserted here, once."""

    def build(folder: Path) -> None:
        script.SOURCES, script.OUTPUT = folder / "sources", folder / "site"
        assert script.build("https://example.com/docs/") == []

    return shared_folder(tmp_path_factory, "site", build) / "site"


@needs_generator
def test_every_page_of_both_languages_is_built(script: ModuleType, site: Path) -> None:
    for language, prefix in (("en", ""), ("zh", "zh/")):
        pages = script.pages_of(language)
        missing = [page for page in pages if not (site / prefix / script.url_of(page) / "index.html").exists()]
        assert pages
        assert missing == []


@needs_generator
def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//|<link[^>]+rel="stylesheet"[^>]+href="(?:https?:)?//'
    )
    found = [
        str(page.relative_to(site)) for page in site.rglob("*.html") if loads.search(page.read_text(encoding="utf-8"))
    ]

    assert found == []


@needs_generator
def test_page_of_a_finding_leads_to_the_list(site: Path) -> None:
    page = site / "reference" / "rules" / "memory-step" / "index.html"

    link = re.search(r'<a href="([^"]+)">All findings</a>', page.read_text(encoding="utf-8"))
    assert link
    assert (page.parent / link[1] / "index.html").resolve() == (page.parent.parent / "index.html").resolve()


@needs_generator
def test_one_page_is_shown_for_a_wrong_address(site: Path) -> None:
    assert [page.relative_to(site).as_posix() for page in site.rglob("404.html")] == ["404.html"]


@needs_generator
def test_files_for_programs_are_published_with_their_links(site: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (site / "llms.txt").read_text(encoding="utf-8"))

    assert len(links) > 20
    assert [link for link in links if "://" not in link and not (site / link).exists()] == []
    assert json.loads((site / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))


@needs_generator
def test_search_finds_pages_of_each_language(site: Path) -> None:
    english, chinese = (json.loads((site / at / "search.json").read_text(encoding="utf-8")) for at in ("", "zh"))

    assert "dead letter" in json.dumps(english).lower()
    assert chinese["config"]["lang"] == ["zh"]
    assert "云函数" in json.dumps(chinese, ensure_ascii=False)


@needs_generator
def test_page_links_to_the_same_page_in_the_other_language(script: ModuleType, site: Path) -> None:
    both = script.pages_of("en").keys() & script.pages_of("zh").keys()
    assert "index.md" in both
    for page in both:
        here = site / script.url_of(page)
        there = site / "zh" / script.url_of(page)
        for source, target in ((here, there), (there, here)):
            link = re.search(
                r'class="other-language" href="([^"]+)"', (source / "index.html").read_text(encoding="utf-8")
            )
            assert link
            assert (source / link[1]).resolve() == target.resolve()


@needs_generator
def test_navigation_has_every_page_once(script: ModuleType) -> None:
    for language in ("en", "zh"):
        pages = script.pages_of(language)
        listed = list(leaves(script.navigation(language, pages)))
        assert len(listed) == len(set(listed))
        hidden = {page for page in pages if page.startswith("reference/rules/") and not page.endswith("index.md")}
        assert set(listed) == pages.keys() - hidden


def leaves(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values():
                yield from leaves(inner)


def test_broken_links_and_anchors_of_a_built_page_are_found(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text('<a href="a/#x">1</a><a href="a/#y">2</a><a href="b/">3</a><img src="c.svg">')
    (tmp_path / "a" / "index.html").write_text(
        '<h1 id="x">A</h1><a href="../">up</a><a href="https://example.com">out</a>'
    )

    assert script.broken_links(tmp_path) == [
        "index.html: a/#y: no such anchor",
        "index.html: b/",
        "index.html: c.svg",
    ]


@pytest.mark.parametrize(
    ("line", "built"),
    [
        ("```yaml examples/loop.yml\n", '```yaml title="examples/loop.yml"\n'),
        ("```console timeline=20\n", "```console\n"),
        ('```python title="src/app.py"\n', '```python title="src/app.py"\n'),
        ("```\n", "```\n"),
    ],
)
def test_blocks_keep_language_and_title(script: ModuleType, line: str, built: str) -> None:
    assert script.map_prose(f"{line}a\n```\n", str.upper) == f"{built}a\n```\n"


def test_bars_in_code_of_a_table_are_not_escaped(script: ModuleType) -> None:
    assert script.with_bars_in_code(r"| `en\|zh` | a \| b |") == r"| `en|zh` | a \| b |"
    assert script.with_bars_in_code(r"`en\|zh`") == r"`en\|zh`"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@needs_generator
@needs_browser
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_pages_fit_desktop_and_phone(site: Path, browser: Browser, width: int, height: int) -> None:
    for page in SHOWN:
        browser.show(site / page, width=width, height=height)
        assert browser.evaluate("document.scrollingElement.scrollWidth") <= width, page
        assert browser.evaluate("document.querySelectorAll('h1').length") == 1, page


@needs_generator
@needs_browser
def test_menus_cut_no_letters_off(site: Path, browser: Browser) -> None:
    browser.show(site / "reference" / "keys" / "function" / "index.html")
    cut_off = browser.evaluate("""[...document.querySelectorAll(".md-nav .md-ellipsis")]
      .filter(label => label.scrollHeight > label.clientHeight).map(label => label.innerText)""")

    assert cut_off == []


@needs_generator
@needs_browser
def test_copied_transcript_has_commands_only(site: Path, browser: Browser) -> None:
    browser.show(site / SHOWN[1])
    # What the copy button does: it marks the block, and takes its visible text.
    copied = browser.evaluate("""(() => {
      const block = document.querySelector("code:has(.gp)");
      block.setAttribute("data-md-copying", "");
      return block.innerText;
    })()""")

    assert [line for line in copied.splitlines() if line.strip()] == [
        "scfdeploy init hello --runtime python",
        "cd hello",
    ]


@needs_generator
@needs_browser
def test_pages_follow_the_readers_colour_scheme(site: Path, browser: Browser) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    browser.show(site / SHOWN[1], scheme="light")
    light = browser.evaluate(background)
    browser.show(site / SHOWN[1], scheme="dark")

    assert browser.evaluate(background) != light
