"""docs/performance.md and its picture are what the script makes of the measured figures, and no size is missing."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest

from tests.support.scripts import ROOT, load_script

DOCS = ROOT / "docs"
FIGURES: dict[str, Any] = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))
SIZES = {
    "functions": [1, 10, 100, 1000, 5000],
    "files": [10, 100, 1000, 10_000, 50_000, 200_000],
    "events": [10_000, 100_000, 1_000_000],
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("generate_performance_page")


@pytest.fixture(scope="module")
def chart() -> ModuleType:
    return load_script("growth_chart")


def test_page_and_picture_match_measured_figures(script: ModuleType) -> None:
    hint = "run: python scripts/generate_performance_page.py"
    assert (DOCS / "performance.md").read_text(encoding="utf-8") == script.render(FIGURES), hint
    assert (DOCS / "performance.svg").read_text(encoding="utf-8") == script.picture(FIGURES), hint


@pytest.mark.parametrize("section", SIZES)
def test_every_size_is_measured(section: str) -> None:
    rows = FIGURES[section]["rows"]

    sizes = [row["size"] for row in rows]
    assert sizes == SIZES[section], f"python benchmarks/scale.py --{section} SIZE"
    assert len({tuple(sorted(row["commands"])) for row in rows}) == 1


def test_other_tools_are_compared() -> None:
    tools = {tool for row in FIGURES["peers"]["rows"] for tool in row["commands"]}

    assert tools == {"scfdeploy", "sam", "chalice", "osls", "zip"}


def test_page_of_one_size_has_each_command_with_its_ratio(script: ModuleType) -> None:
    rows = [row for row in FIGURES["functions"]["rows"] if row["size"] == 10]
    page = script.render(FIGURES | {"functions": FIGURES["functions"] | {"rows": rows}})

    (line,) = [line for line in page.splitlines() if line.startswith("| 10 |") and "×" in line]
    for command in rows[0]["commands"].values():
        is_compared = command.get("floor_s", 0) >= 1
        ratio = f"({command['wall_s'] / command['floor_s']:.2f}×)" if is_compared else ""
        assert f"{script.seconds_text(command['wall_s'])} {ratio}".strip() in line


@pytest.mark.parametrize(("load", "is_said"), [(2.0, False), (12.0, True)])
def test_load_of_other_programs_is_said(script: ModuleType, load: float, is_said: bool) -> None:
    figures = FIGURES | {"machine": FIGURES["machine"] | {"cores": 2}}
    for name in (*SIZES, "peers"):
        figures[name] = figures[name] | {"rows": [row | {"load": load} for row in figures[name]["rows"]]}

    assert ("wanted up to 10 cores" in script.render(figures)) is is_said


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.004, "0.00"), (0.25, "0.25"), (9.994, "9.99"), (12.34, "12.3"), (1234.5, "1,234")]
)
def test_seconds_have_three_digits(script: ModuleType, seconds: float, text: str) -> None:
    assert script.seconds_text(seconds) == text


def drawn(chart: ModuleType, *series: Any) -> ET.Element:
    return ET.fromstring(chart.draw([chart.Panel("Title & more", "things", "s", series)], "What it shows"))


def places(picture: ET.Element) -> list[tuple[float, float]]:
    """Of the first line's values; the last marker is that of its label."""
    every = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in picture.iter(f"{SVG}circle")]
    return every[:-1]


def test_ten_times_as_much_is_the_same_step_everywhere(chart: ModuleType) -> None:
    (x1, y1), (x2, y2), (x3, y3) = places(drawn(chart, chart.Series("a", [(1, 0.1), (10, 1), (100, 10)])))

    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.2)
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.2)
    assert x1 < x2
    assert y1 > y2


def test_names_of_equal_lines_do_not_cover_each_other(chart: ModuleType) -> None:
    picture = drawn(chart, *(chart.Series(name, [(1, 1), (10, 5)]) for name in "abcd"))

    heights = sorted(float(text.attrib["y"]) for text in picture.iter(f"{SVG}text") if text.attrib["class"] == "label")
    assert len(heights) == 4
    assert min(b - a for a, b in pairwise(heights)) >= 12


def test_floor_is_drawn_beside_its_line(chart: ModuleType) -> None:
    picture = drawn(chart, chart.Series("a", [(1, 2), (10, 20)], floors=[(1, 1), (10, 10)]))

    classes = [path.attrib["class"] for path in picture.iter(f"{SVG}path") if "c0" in path.attrib["class"]]
    assert classes == ["floor c0", "line c0"]


def test_picture_has_a_dark_form_and_loads_nothing(script: ModuleType) -> None:
    text = script.picture(FIGURES)

    light, dark = text.split("@media (prefers-color-scheme: dark)")
    for name in re.findall(r"\.([cm]\d|axis|paper|grid) ", light):
        assert f".{name} " in dark
    assert "url(" not in text
    assert "href" not in text
    assert ET.fromstring(text).find(f"{SVG}title") is not None
