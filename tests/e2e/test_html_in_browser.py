"""HTML pages in a real browser. `make browser` installs one on Debian; without it these tests are skipped."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.diagnostics.messages import use_translation
from scfdeploy.report.html import render_html
from scfdeploy.report.text import TextStyle
from scfdeploy.results import Findings, Planned, Result
from scfdeploy.results.events import EventInfo, EventShown, TimelineEntry
from tests.support.browser import CHROMIUM, Browser, open_browser
from tests.support.results import PLAN

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: make browser installs it"),
    pytest.mark.waits("for a browser process"),
]
START = 1_795_831_200_000
REQUEST = "3fd01f0a-0000-4000-8000-000000000000"
EVENT = EventInfo(REQUEST, "3fd0", "订单处理", "$DEFAULT", "CLOUD_API", START, "dead-lettered", 4, 2)
NARROW = {"width": 390, "height": 844}
PAGES = ("event", "plan")
CONTRAST = """(() => {
  const rgb = text => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = text => rgb(text).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  const page = getComputedStyle(document.body).backgroundColor;
  const texts = [...document.querySelectorAll("h1, p, dt, dd, td, th, caption, li, footer, figcaption, svg text")];
  return Math.min(...texts.map(e => {
    const style = getComputedStyle(e);
    return ratio(e instanceof SVGElement ? style.fill : style.color, page);
  }));
})()"""
HIDDEN_TEXTS = """[...document.querySelectorAll("main p, main dd, main dt, main td, main th, main figcaption")]
  .filter(e => e.textContent.trim() && !e.closest("thead") && e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest(".scroll")).length"""


def attempt(number: int, seconds: int, status: int, message: str) -> TimelineEntry:
    kind = "retry" if number > 1 else "attempt"
    log = "收到订单 7\n" + "x" * 300
    at = START + seconds * 1000
    return TimelineEntry(REQUEST, "orders", at, kind, status, message, number, number - 1, 2, log=log, duration_ms=12.5)


STEPS = [
    TimelineEntry(REQUEST, "orders", START, "accepted"),
    attempt(1, 0, 430, "<script>document.title = 'changed'</script>"),
    attempt(2, 60, 432, "no concurrency"),
    attempt(3, 120, 430, "ValueError: 没有商品"),
    attempt(4, 21_600, 430, "<img src=http://127.0.0.1:9/x onerror=alert(1)>"),
    TimelineEntry(REQUEST, "orders", START + 21_600_000, "ended", message="dropped"),
]
RESULTS: dict[str, Result] = {
    "event": EventShown(Findings(), EVENT, STEPS),
    "plan": Planned(Findings(), True, PLAN),
}


@pytest.fixture(name="browser", scope="module")
def started() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(name="files", scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    files = {name: folder / f"{name}.html" for name in RESULTS}
    for name, file in files.items():
        file.write_text(render_html(RESULTS[name], TextStyle()).out, encoding="utf-8")
    use_translation(lambda text: {"Steps": "步骤", "Timeline": "时间线"}.get(text, text), "zh-CN")
    try:
        files["chinese"] = folder / "chinese.html"
        files["chinese"].write_text(render_html(RESULTS["event"], TextStyle()).out, encoding="utf-8")
    finally:
        use_translation(None)
    return files


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_rendered_without_problems(
    browser: Browser, files: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    browser.show(files[name], width=width, height=844, scheme=scheme)

    assert browser.problems == []
    assert browser.requests == [files[name].as_uri()]
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate(HIDDEN_TEXTS) == 0
    assert browser.evaluate(CONTRAST) >= 4.5
    assert browser.evaluate("document.querySelectorAll('figure svg a').length") >= 4
    shot = browser.screenshot(files[name].with_suffix(f".{width}.{scheme}.png"))
    assert struct.unpack(">I", shot[16:20])[0] == width
    assert len(shot) > 20_000, "an empty page"


def test_cards_name_columns_except_one_without_a_title(browser: Browser, files: dict[str, Path]) -> None:
    browser.show(files["event"], **NARROW)

    cell = "document.querySelector('tbody td:not(:empty)')"
    before = f"getComputedStyle({cell}, '::before').content"
    assert browser.evaluate(before).startswith('"Since acceptance: "')
    assert browser.evaluate(f"{cell}.dataset.label = '', {before}") == "none"


def test_schemes_differ(browser: Browser, files: dict[str, Path]) -> None:
    colours = []
    for scheme in ("light", "dark"):
        browser.show(files["event"], scheme=scheme)
        colours.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert colours == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]


def test_hostile_texts_stay_texts(browser: Browser, files: dict[str, Path]) -> None:
    browser.show(files["event"])

    assert browser.evaluate("document.title") == "Event 3fd0 of function 订单处理"
    assert browser.evaluate("document.images.length + document.scripts.length") == 0
    assert browser.evaluate("document.body.textContent.includes('<script>')")


def test_style_of_other_texts_would_not_be_applied(browser: Browser, files: dict[str, Path]) -> None:
    """The policy allows the style of the page by its hash, and nothing else."""
    page = files["event"].read_text(encoding="utf-8")
    changed = files["event"].with_name("changed.html")
    changed.write_text(page.replace("<h1>", "<style>h1 { color: red }</style><h1 onclick='1' style='color: red'>"))
    browser.show(changed)

    assert browser.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(31, 35, 40)"
    assert any("Content Security Policy" in problem for problem in browser.problems)


def test_keyboard_reaches_the_content_and_every_mark(browser: Browser, files: dict[str, Path]) -> None:
    browser.show(files["event"])
    focused = []
    for _ in range(9):
        browser.press("Tab", 9)
        focused.append(
            browser.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
        )

    assert focused[:3] == ["Skip to the content", "Skip the picture", "Timeline of event 3fd0"]
    assert focused[3:6] == [
        "10:00:00.000, accepted",
        "10:00:00.000, attempt 1: 430 <script>document.title = 'changed'</script>",
        "10:01:00.000, attempt 2 (retry 1 of 2): 432 no concurrency",
    ]
    browser.press("Enter", 13)
    assert browser.evaluate("location.hash") == "#timeline-5"


def test_screen_reader_is_told_of_tables_and_marks(browser: Browser, files: dict[str, Path]) -> None:
    for size in ({"width": 1280}, NARROW):
        browser.show(files["event"], **size)
        names = browser.accessible_names()
        roles = [role for role, _ in names]

        assert roles.count("table") == 1
        assert roles.count("columnheader") == 6
        assert roles.count("row") == 1 + len(STEPS)
        assert ("link", "10:02:00.000, attempt 3 (retry 2 of 2): 430 ValueError: 没有商品") in names
        assert ("heading", "Event 3fd0 of function 订单处理") in names


def test_chinese_page_is_in_chinese(browser: Browser, files: dict[str, Path]) -> None:
    browser.show(files["chinese"], **NARROW)
    browser.screenshot(files["chinese"].with_suffix(".png"))

    assert browser.problems == []
    assert browser.evaluate("document.documentElement.lang") == "zh-CN"
    assert browser.evaluate("document.querySelector('h2').textContent") == "时间线"


def test_print_shows_whole_picture_on_one_page_width(browser: Browser, files: dict[str, Path]) -> None:
    browser.show(files["event"], width=760, scheme="dark", media="print")

    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.evaluate("document.querySelector('.picture').getBoundingClientRect().right") <= 760
    assert browser.evaluate("getComputedStyle(document.querySelector('pre')).maxHeight") == "none"
    assert browser.call("Page.printToPDF")["data"]
