"""Renders a page as one HTML file without scripts, network or external files; the same page gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence, Set
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import active_language
from scfdeploy.records import NamedTuple
from scfdeploy.report.html.graph import limited_graph
from scfdeploy.report.html.graph_layout import BOX, BOX_HEIGHT, GraphPicture, lay_out_graph
from scfdeploy.report.html.page import Cell, Page, Row, Section, Table, clean_page, shortened
from scfdeploy.report.html.timeline import kind_labels, limited
from scfdeploy.report.html.timeline_layout import AXIS, Picture, lay_out

if TYPE_CHECKING:
    import jinja2

MAX_ROWS = 2000
_FOLDER = Path(__file__).parent
MAX_CHARACTERS = 2_000_000
"""About how many characters the rows of a table have before their texts are shortened."""
_SHORT = 200


class _View(NamedTuple):
    """A section with its pictures laid out."""

    section: Section
    timeline: Picture | None
    graph: GraphPicture | None
    sentences: list[str]
    tables: list[tuple[Table, str]]
    """Each with the sentence that says which rows are left out."""


def render_page(page: Page, redact: Callable[[str], str]) -> str:
    """The HTML of a page. `redact` replaces secrets in every text of it."""
    page = clean_page(page, redact)
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _template().render(
        page=page,
        views=[_view(section) for section in page.sections],
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        language=active_language(),
        texts=_texts(),
        kinds=kind_labels(),
        axis=AXIS,
        box=BOX,
        box_height=BOX_HEIGHT,
    )


@cache
def _template() -> jinja2.Template:
    """Compiled once: that takes much longer than to render a page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")


def _view(section: Section) -> _View:
    sentences = list(section.sentences)
    timeline = graph = None
    referred: set[int] = set()
    if section.timeline is not None and section.timeline.marks:
        shown, notes = limited(section.timeline)
        timeline = lay_out(shown)
        sentences += notes
        referred = {mark.step for mark in shown.marks}
    if section.graph is not None and section.graph.nodes:
        shown_graph, notes = limited_graph(section.graph)
        graph = lay_out_graph(shown_graph)
        sentences += notes
        referred = {node.row for node in shown_graph.nodes}
    return _View(section, timeline, graph, sentences, [_limited_table(table, referred) for table in section.tables])


def _limited_table(table: Table, referred: Set[int]) -> tuple[Table, str]:
    """The rows that the picture refers to, the first others as far as they fit, and what is left out."""
    total = max(table.total, len(table.rows))
    free = MAX_ROWS - sum(row.number in referred for row in table.rows)
    rows = []
    for row in table.rows:
        if row.number in referred:
            rows.append(row)
        elif free > 0:
            free -= 1
            rows.append(row)
    shown = table._replace(rows=_with_fewer_characters(rows))
    if len(shown.rows) == total:
        return shown, ""
    return shown, message("The table shows {count} of {total} rows.", count=f"{len(shown.rows):,}", total=f"{total:,}")


def _with_fewer_characters(rows: Sequence[Row]) -> list[Row]:
    """The rows; once they are too long together, those that follow without lists and blocks."""
    free = MAX_CHARACTERS
    shown = []
    for row in rows:
        size = sum(len(cell.text) + len(cell.block) + sum(map(len, cell.lines)) for cell in row.cells)
        is_short = size <= free or size <= _SHORT
        free -= size if is_short else 0
        shown.append(row if is_short else row._replace(cells=[_without_details(cell) for cell in row.cells]))
    return shown


def _without_details(cell: Cell) -> Cell:
    note = message("… (shortened)") if cell.lines or cell.block else cell.note
    return cell._replace(text=shortened(cell.text, _SHORT), lines=(), block="", note=note)


def _texts() -> dict[str, str]:
    """The fixed texts of the template."""
    return {
        "skip": message("Skip to the content"),
        "tables": message("Skip the picture"),
        "contents": message("Contents"),
        "legend": message("Meaning of the symbols"),
        "retry": message("wait before the next attempt"),
        "axis": message("The time axis is compressed: long waits are drawn shorter than they are."),
        "rows": message("Each symbol leads to its row in the table below."),
        "order": message("starts after the other has succeeded"),
        "belongs": message("belongs to the other"),
        "footer": message("Written by scfdeploy. The page loads nothing from the network."),
    }
