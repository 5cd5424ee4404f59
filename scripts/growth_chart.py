"""Draws panels of lines on logarithmic scales as one SVG that is readable on light and on dark pages."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_COLUMNS = 2
_PANEL_WIDTH, _PANEL_HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 134, 46, 46
_LABEL_HEIGHT = 15
_SHAPES = ("circle", "square", "triangle", "diamond")
_STYLE = """\
  text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 14px; }
  .axis { fill: #57606a; font-size: 12px; }
  .paper { fill: #ffffff; stroke: #d0d7de; }
  .grid { stroke: #d8dee4; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; }
  .floor { fill: none; stroke-width: 1.5; stroke-dasharray: 3 4; }
  .c0 { stroke: #0969da; } .c1 { stroke: #bc4c00; } .c2 { stroke: #1a7f37; } .c3 { stroke: #8250df; }
  .m0 { fill: #0969da; } .m1 { fill: #bc4c00; } .m2 { fill: #1a7f37; } .m3 { fill: #8250df; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .axis { fill: #9198a1; }
    .paper { fill: #0d1117; stroke: #3d444d; }
    .grid { stroke: #2a313c; }
    .c0 { stroke: #58a6ff; } .c1 { stroke: #f0883e; } .c2 { stroke: #3fb950; } .c3 { stroke: #bc8cff; }
    .m0 { fill: #58a6ff; } .m1 { fill: #f0883e; } .m2 { fill: #3fb950; } .m3 { fill: #bc8cff; }
  }
"""


@dataclass(frozen=True)
class Series:
    """A line with a name at its end. `floors` is the least that each value can be, drawn as a dotted line."""

    name: str
    points: Sequence[tuple[float, float]]
    floors: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Panel:
    """A title, the names of both axes, and up to four lines. All values are greater than zero."""

    title: str
    x_title: str
    y_title: str
    series: Sequence[Series]


@dataclass(frozen=True)
class _Scale:
    """From a logarithm between two powers of ten to a place between two ends."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Sequence[float], start: float, end: float) -> _Scale:
        low = math.floor(math.log10(min(values)))
        return cls(low, max(math.ceil(math.log10(max(values))), low + 1), start, end)

    def place(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def draw(panels: Sequence[Panel], description: str) -> str:
    """The picture; `description` says in words what it shows."""
    rows = math.ceil(len(panels) / _COLUMNS)
    width, height = _COLUMNS * _PANEL_WIDTH, rows * _PANEL_HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{html.escape(description)}</title>",
        f"<style>\n{_STYLE}</style>",
        f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>',
    ]
    for number, panel in enumerate(panels):
        x, y = number % _COLUMNS * _PANEL_WIDTH, number // _COLUMNS * _PANEL_HEIGHT
        lines += [f'<g transform="translate({x} {y})">', *_panel(panel), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel) -> Iterator[str]:
    every = [point for one in panel.series for point in (*one.points, *one.floors)]
    right, bottom = _PANEL_WIDTH - _RIGHT, _PANEL_HEIGHT - _BOTTOM
    across = _Scale.around([x for x, _ in every], _LEFT, right)
    up = _Scale.around([y for _, y in every], bottom, _TOP)
    yield _text(_LEFT, 24, panel.title, "title")
    for tick in up.ticks:
        y = up.place(tick)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>'
        yield _text(_LEFT - 8, y + 4, _number_text(tick), "axis", anchor="end")
    for tick in across.ticks:
        x = across.place(tick)
        yield f'<path class="grid" d="M{x:.1f} {_TOP}V{bottom}"/>'
        yield _text(x, bottom + 17, _number_text(tick), "axis", anchor="middle")
    yield _text((_LEFT + right) / 2, bottom + 36, panel.x_title, "axis", anchor="middle")
    yield _text(_LEFT - 8, _TOP - 8, panel.y_title, "axis", anchor="end")
    for number, one in enumerate(panel.series):
        places = [(across.place(x), up.place(y)) for x, y in one.points]
        if one.floors:
            yield _path([(across.place(x), up.place(y)) for x, y in one.floors], f"floor c{number}")
        yield _path(places, f"line c{number}")
        yield from (_marker(x, y, number) for x, y in places)
    ends = [(up.place(one.points[-1][1]), number) for number, one in enumerate(panel.series)]
    x = max(across.place(one.points[-1][0]) for one in panel.series) + 14
    for y, number in _spread(ends):
        yield _marker(x, y, number)
        yield _text(x + 9, y + 4, panel.series[number].name, "label")


def _spread(ends: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """The labels at their heights, moved down where they would cover each other."""
    found: list[tuple[float, int]] = []
    for y, number in sorted(ends):
        found.append((max(y, found[-1][0] + _LABEL_HEIGHT) if found else y, number))
    return found


def _path(places: Sequence[tuple[float, float]], name: str) -> str:
    return f'<path class="{name}" d="M' + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + '"/>'


def _marker(x: float, y: float, number: int) -> str:
    """A shape for each line, so that it is known without its colour."""
    name = f'class="m{number}"'
    match _SHAPES[number]:
        case "circle":
            return f'<circle {name} cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
        case "square":
            return f'<rect {name} x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'
        case "triangle":
            return f'<path {name} d="M{x - 4:.1f} {y + 3.5:.1f}h8l-4 -7.5z"/>'
        case _:
            return f'<path {name} d="M{x:.1f} {y - 4.5:.1f}l4.5 4.5l-4.5 4.5l-4.5 -4.5z"/>'


def _text(x: float, y: float, text: str, name: str, *, anchor: str = "start") -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _number_text(value: float) -> str:
    """A number as people write it, and short, because its neighbours are near: 0.01, 100, 10,000, 1 M."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:,.0f} M"
    return f"{value:,.0f}" if value >= 1 else f"{value:.6f}".rstrip("0")
