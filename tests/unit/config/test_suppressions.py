"""Comments that suppress findings: their form, the rules that they name, and the line to which they apply."""

from __future__ import annotations

import pytest

from scfdeploy.config.suppressions import read_suppressions


def read(text: str) -> list[tuple[int, list[str]]]:
    return [
        (suppression.line, [name for name, _ in suppression.names])
        for suppression in read_suppressions(text, "serverless.yml")
    ]


def test_comment_at_end_of_line_applies_to_that_line() -> None:
    assert read("a: 1\nb: 2  # scfdeploy: ignore memory-step\n") == [(2, ["memory-step"])]


def test_comment_on_own_line_applies_to_next_content_line() -> None:
    assert read("a: 1\n# scfdeploy: ignore memory-step\n\n# why\nb: 2\n") == [(5, ["memory-step"])]


def test_comment_can_name_several_rules_and_reason() -> None:
    text = "b: 2 # scfdeploy: ignore memory-step, runtime-old -- agreed with us\n"

    assert read(text) == [(1, ["memory-step", "runtime-old"])]


def test_names_have_positions() -> None:
    (suppression,) = read_suppressions("b: 层  # scfdeploy: ignore x, memory-step", "serverless.yml")

    assert [(name, span.start.column, span.end.column) for name, span in suppression.names] == [
        ("x", 27, 28),
        ("memory-step", 30, 41),
    ]
    assert (suppression.span.start.column, suppression.span.end.column) == (7, 41)


@pytest.mark.parametrize(
    "comment", ["#scfdeploy:ignore x", "#  scfdeploy:  ignore   x ", "# more # scfdeploy: ignore x"]
)
def test_spaces_are_optional(comment: str) -> None:
    assert read(f"b: 2 {comment}\n") == [(1, ["x"])]


def test_comment_without_rule_is_read() -> None:
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


def test_comment_after_block_text_is_read() -> None:
    assert read("b: |\n  # text\n# scfdeploy: ignore x\nc: 3\n") == [(4, ["x"])]


def test_comment_after_quoted_text_or_in_brackets_is_read() -> None:
    assert read("b: '#'  # scfdeploy: ignore x\nc: [1, # scfdeploy: ignore y\n 2]\n") == [(1, ["x"]), (2, ["y"])]


def test_many_comments_apply_to_next_setting() -> None:
    read_comments = read("a: 1\n" + "# scfdeploy: ignore x\n" * 20_000 + "b: 2\n")
    assert len(read_comments) == 20_000
    assert {line for line, _ in read_comments} == {20_002}
