import pytest

from scfdeploy.report.terminal import clip, pad, safe, safe_lines, width


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
