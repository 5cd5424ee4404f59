"""Comments that silence findings: which text is one, what it names, which line it is about."""

from __future__ import annotations

import pytest

from scfdeploy.config.suppressions import read_suppressions


def read(text: str) -> list[tuple[int, list[str]]]:
    return [(one.line, [name for name, _ in one.names]) for one in read_suppressions(text, "serverless.yml")]


def test_at_the_end_of_a_line_it_is_about_that_line() -> None:
    assert read("a: 1\nb: 2  # scfdeploy: ignore memory-step\n") == [(2, ["memory-step"])]


def test_alone_on_a_line_it_is_about_the_next_one_that_says_something() -> None:
    assert read("a: 1\n# scfdeploy: ignore memory-step\n\n# why\nb: 2\n") == [(5, ["memory-step"])]


def test_it_names_several_rules_and_may_say_why() -> None:
    text = "b: 2 # scfdeploy: ignore memory-step, runtime-old -- agreed with us\n"

    assert read(text) == [(1, ["memory-step", "runtime-old"])]


def test_the_place_of_each_name_is_known() -> None:
    (one,) = read_suppressions("b: 层  # scfdeploy: ignore x, memory-step", "serverless.yml")

    assert [(name, span.start.column, span.end.column) for name, span in one.names] == [
        ("x", 27, 28),
        ("memory-step", 30, 41),
    ]
    assert (one.span.start.column, one.span.end.column) == (7, 41)


@pytest.mark.parametrize(
    "blanks", ["#scfdeploy:ignore x", "#  scfdeploy:  ignore   x ", "# more # scfdeploy: ignore x"]
)
def test_blanks_do_not_matter(blanks: str) -> None:
    assert read(f"b: 2 {blanks}\n") == [(1, ["x"])]


def test_one_that_names_nothing_is_found_too() -> None:
    assert read("b: 2 # scfdeploy: ignore\n# scfdeploy: ignore -- why\nc: 3") == [(1, []), (3, [])]


@pytest.mark.parametrize(
    "text",
    [
        "b: '# scfdeploy: ignore x'\n",
        'b: " # scfdeploy: ignore x"\n',
        "b: |\n  one\n  # scfdeploy: ignore x\n  two\n",
        "b: >-\n  one # scfdeploy: ignore x\n",
        "b: 'one\n  # scfdeploy: ignore x'\n",
        "b: one# scfdeploy: ignore x\n",
        "'# scfdeploy: ignore x': 1\n",
        "b: 2 # scfdeploy: ignored x\n",
        "b: 2 # scfdeploy: ignore-next x\n",
        "b: [1,\n",
    ],
)
def test_ignore_comment_inside_text_is_not_read(text: str) -> None:
    assert read(text) == []


def test_after_a_block_of_text_a_comment_is_one_again() -> None:
    assert read("b: |\n  # text\n# scfdeploy: ignore x\nc: 3\n") == [(4, ["x"])]


def test_behind_a_quoted_text_and_inside_brackets_it_is_a_comment() -> None:
    assert read("b: '#'  # scfdeploy: ignore x\nc: [1, # scfdeploy: ignore y\n 2]\n") == [(1, ["x"]), (2, ["y"])]
