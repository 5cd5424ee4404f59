import pytest

from scfdeploy.report.terminal import break_word, clip, flow, pad, safe, safe_lines, width, wrap


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain, 中文, émoji 🎉", "plain, 中文, émoji 🎉"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\nc\td", "a\\rb\\nc\\td"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("abc\u202edef", "abc\\u202edef"),
        ("half \ud83d", "half \\ud83d"),
    ],
)
def test_control_characters_are_escaped(text: str, escaped: str) -> None:
    assert safe(text) == escaped


def test_safe_lines_keep_lines_and_expand_tabs() -> None:
    assert safe_lines("a\tb\n\x1bc\n\n") == ["a   b", "\\x1bc"]


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("ｆ", 2), ("", 0)])
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_padding_counts_columns() -> None:
    assert pad("中", 4) == "中  "


@pytest.mark.parametrize(("text", "cut"), [("abcdef", "abc…"), ("abcd", "abcd"), ("中文字", "中…")])
def test_clipping_counts_columns(text: str, cut: str) -> None:
    assert clip(text, 4) == cut


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("see https://x.example/a/b c", ["see", "https://x.example/a/b", "c"]),
        ("函数的运行时，停止了", ["函数的运", "行时，停", "止了"]),
        ("\x1b[31mred green\x1b[0m blue", ["\x1b[31mred", "green\x1b[0m", "blue"]),
        ("short", ["short"]),
        ("", [""]),
    ],
)
def test_lines_break_at_spaces_and_wide_characters(text: str, lines: list[str]) -> None:
    assert wrap(text, 8) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("default/order-service", ["default/", "order-", "service"]),
        ("abcdefghijklm", ["abcdefgh", "ijklm"]),
        ("中文中文中", ["中文中文", "中"]),
    ],
)
def test_long_words_of_cells_break_after_separators(text: str, lines: list[str]) -> None:
    assert break_word(text, 8) == lines


def test_items_that_do_not_fit_are_counted() -> None:
    assert flow(["f1", "f2", "f3", "f4", "f5"], 9, most_lines=2) == (["f1, f2,", "f3, f4"], 1)
    assert flow(["f1"], 80, most_lines=2) == (["f1"], 0)
    assert flow([], 80, most_lines=2) == ([], 0)


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("使用“变量”（见 .env）继续。", 9, ["使用“变", "量”（见", ".env）继", "续。"]),
        ("值（默认）为空", 5, ["值", "（默", "认）", "为空"]),
        ("文件：[默认：.]", 8, ["文件：", "[默认：", ".]"]),
        ("it's “quoted” text", 8, ["it's", "“quoted”", "text"]),
        ("a “", 1, ["a", "“"]),
    ],
)
def test_wrap_keeps_punctuation_with_its_character(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_wrap_makes_further_lines_shorter() -> None:
    assert wrap("函数没有触发器，因此不会被调用", 12, hanging=4) == ["函数没有触发", "器，因此", "不会被调", "用"]
