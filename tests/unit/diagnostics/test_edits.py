"""Edits change what they name and nothing else, to the byte."""

import pytest

from scfdeploy.diagnostics import Edit, Position, Span, changed_lines, inserted, reworded
from scfdeploy.diagnostics.edits import SourceText


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("f.yml", Position(line, column), Position(end_line, end_column))


def edited(text: str, *fixes: tuple[Edit, ...]) -> str:
    return SourceText(text).edited(fixes)[0]


def test_edit_replaces_its_span() -> None:
    assert edited("a: yes # b\n", (Edit(span(1, 4, 1, 7), "true", "yes"),)) == "a: true # b\n"


def test_edit_can_replace_several_lines() -> None:
    fix = (Edit(span(1, 3, 3, 2), " x\n  y", "\nb\nc"),)

    assert edited("a:\nb\nc: d\n", fix) == "a: x\n  y: d\n"


def test_edits_keep_and_use_line_endings() -> None:
    fix = (Edit(span(1, 3, 2, 2), "x\ny", "\nb"),)

    assert edited("a:\r\nb\r\n\r\n  \t\r\nend", fix) == "a:x\r\ny\r\n\r\n  \t\r\nend"


def test_byte_order_mark_is_not_a_column() -> None:
    assert edited("\ufeffA: 1\n", (Edit(span(1, 1, 1, 2), "a", "A"),)) == "\ufeffa: 1\n"


def test_columns_count_characters_regardless_of_width() -> None:
    text = "名: {前: 😀, b: yes}\n"

    assert edited(text, (Edit(span(1, 15, 1, 18), "true", "yes"),)) == text  # says something else there
    assert edited(text, (Edit(span(1, 14, 1, 17), "true", "yes"),)) == "名: {前: 😀, b: true}\n"


def test_lone_carriage_return_ends_a_line() -> None:
    assert edited("a: 1\rb: yes\r", (Edit(span(2, 4, 2, 7), "true", "yes"),)) == "a: 1\rb: true\r"


@pytest.mark.parametrize("place", [span(9, 1, 9, 2), span(1, 5, 1, 99), span(1, 0, 1, 1), span(2, 1, 1, 1)], ids=str)
def test_edit_outside_the_text_changes_nothing(place: Span) -> None:
    text, made = SourceText("a: yes\n").edited([(Edit(place, "x", "y"),)])

    assert (text, made) == ("a: yes\n", (False,))


def test_fix_is_applied_completely_or_not_at_all() -> None:
    fix = (Edit(span(1, 1, 1, 2), "b", "a"), Edit(span(1, 4, 1, 5), "x", "not this"))

    assert edited("a: y\n", fix) == "a: y\n"


def test_second_of_two_overlapping_fixes_is_skipped() -> None:
    first, second = (Edit(span(1, 1, 1, 4), "x", "abc"),), (Edit(span(1, 2, 1, 3), "y", "b"),)

    assert SourceText("abc").edited([first, second]) == ("x", (True, False))


def test_adjacent_fixes_are_both_applied() -> None:
    first, second = (Edit(span(1, 1, 1, 2), "x", "a"),), (Edit(span(1, 2, 1, 3), "y", "b"),)

    assert SourceText("abc").edited([first, second]) == ("xyc", (True, True))


def test_duplicate_edit_is_applied_once() -> None:
    fix = (inserted("f.yml", 1, 1, "  "),)

    assert SourceText("a").edited([fix, fix]) == ("  a", (True, True))


def test_word_is_replaced_inside_its_quotes() -> None:
    assert edited('a: "yes"\n', reworded(span(1, 4, 1, 9), "yes", "true")) == 'a: "true"\n'
    assert edited("a: yes\n", reworded(span(1, 4, 1, 7), "yes", "true")) == "a: true\n"


@pytest.mark.parametrize("place", [span(1, 1, 1, 9), span(1, 1, 2, 4)], ids=str)
def test_word_with_escapes_has_no_fix(place: Span) -> None:
    assert reworded(place, "yes", "true") == ()


def test_edits_apply_in_any_order() -> None:
    fixes = [(Edit(span(line, 1, line, 2), "b", "a"),) for line in range(20_000, 0, -1)]

    text, made = SourceText("a\n" * 20_000).edited(fixes)

    assert text == "b\n" * 20_000
    assert all(made)


def test_edit_is_checked_against_both_neighbors() -> None:
    outer = [(Edit(span(1, 1, 1, 4), "x", "abc"),), (Edit(span(1, 5, 1, 8), "y", "efg"),)]
    inner = [
        (Edit(span(1, 3, 1, 5), "z", "cd"),),
        (Edit(span(1, 4, 1, 6), "z", "de"),),
        (Edit(span(1, 4, 1, 5), "-", "d"),),
    ]

    assert SourceText("abcdefg").edited([*outer, *inner]) == ("x-y", (True, True, False, False, True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b c d", "a x c d"),
        ("a b c d", "a b d"),
        ("a b c d", "b c d"),
        ("a b c d", "a b c"),
        ("a b c d", "a b x y c d"),
        ("a b c d", "x a b c d"),
        ("a b c d", "a b c d x"),
        ("a a a", "a a"),
        ("a", "b"),
    ],
)
def test_changed_lines_are_one_edit_that_makes_the_new_text(before: str, after: str) -> None:
    old, new = before.split(), after.split()

    edits = changed_lines("f.yml", old, new)

    assert len(edits) == 1
    assert edited("\n".join(old), edits) == "\n".join(new)


def test_equal_lines_need_no_edit() -> None:
    assert changed_lines("f.yml", ["a"], ["a"]) == ()
