"""Tables and sentences at the width of a terminal."""

from __future__ import annotations

import re

import pytest

from scfdeploy.report.terminal import width
from scfdeploy.report.text.style import TextStyle, table

HEADER = ("FUNCTION", "STATE", "MODIFIED", "TRIGGERS")
ROWS = (
    ("default/order-service", "Active", "2026-11-29 10:00:00", "timer/nightly, http/url"),
    ("default/x", "not deployed", "", ""),
)


def lines_at(columns: int, *, is_wrapped: bool = True, optional: tuple[int, ...] = ()) -> list[str]:
    return list(table(HEADER, ROWS, TextStyle(width=columns, is_wrapped=is_wrapped), optional=optional))


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 100])
@pytest.mark.parametrize("optional", [(), (2,)])
def test_no_line_of_a_table_is_wider_than_the_terminal(columns: int, optional: tuple[int, ...]) -> None:
    assert max(map(width, lines_at(columns, optional=optional))) <= columns


@pytest.mark.parametrize("columns", [30, 60, 100])
def test_wrapped_table_has_all_words(columns: int) -> None:
    text = re.sub(r"\s", "", " ".join(lines_at(columns)))
    for word in ("Active", "2026-11-29", "10:00:00", "timer/nightly,", "http/url"):
        assert word in text


def test_wide_terminal_and_pipe_have_one_line_for_each_row() -> None:
    assert len(lines_at(100)) == 3
    assert lines_at(20, is_wrapped=False) == lines_at(100)


def test_cells_wrap_before_columns_are_lost() -> None:
    lines = lines_at(66, optional=(2,))
    assert len(lines) > 3
    assert lines[0].split() == list(HEADER)


def test_optional_columns_are_left_out_and_named() -> None:
    first, *_, last = lines_at(44, optional=(2,))
    assert first.split() == ["FUNCTION", "STATE", "TRIGGERS"]
    assert last == "Not shown at this width: MODIFIED."


def test_row_of_a_narrow_table_has_its_titles() -> None:
    assert lines_at(30)[:2] == ["default/order-service", "  STATE Active,"]


def test_sentence_is_indented_where_it_breaks() -> None:
    style = TextStyle(width=24, is_wrapped=True)
    assert style.lines("one two three four five six", "  ", hanging="  ") == ["  one two three four", "    five six"]


def test_secret_is_removed_before_a_sentence_is_broken() -> None:
    style = TextStyle(width=24, is_wrapped=True, redact=lambda text: text.replace("my secret words", "***"))
    assert "secret" not in "".join(style.lines("the password is my secret words, hidden", "  "))


def test_each_line_of_a_coloured_sentence_is_coloured() -> None:
    style = TextStyle(color=True, width=20, is_wrapped=True)
    assert style.lines(style.paint("one two three four five", "yellow") + " six", "  ") == [
        "  \x1b[33mone two three four\x1b[0m",
        "  \x1b[33mfive\x1b[0m six",
    ]


CHINESE_HEADER = ("函数", "状态", "修改时间", "触发器")
CHINESE_ROWS = (
    ("default/订单服务", "正常", "2026-11-29 10:00:00", "timer/nightly, http/url"),
    ("default/x", "未部署，等待中", "", "timer/每天"),
)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_columns_of_wide_characters_are_aligned(columns: int) -> None:
    style = TextStyle(width=columns, is_wrapped=True)
    head, *rows = table(CHINESE_HEADER, CHINESE_ROWS, style)
    starts = [width(head[: head.index(title)]) for title in CHINESE_HEADER]

    for row in rows:
        cells = [_at_column(row, start) for start in starts if start < width(row)]
        assert all(before == " " for before, _ in cells if before), row
    assert max(map(width, [head, *rows])) <= columns


def _at_column(line: str, column: int) -> tuple[str, str]:
    """The character before a column, and the one that begins there; none of them lies across it."""
    position = next(end for end in range(len(line) + 1) if width(line[:end]) >= column)
    assert width(line[:position]) == column, line
    return line[position - 1 : position], line[position : position + 1]
