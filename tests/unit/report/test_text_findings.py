from __future__ import annotations

import pytest

from scfdeploy.diagnostics import Diagnostic, Position, Severity, Span
from scfdeploy.report.text import TextStyle, render_text
from scfdeploy.report.text.snippet import snippet
from scfdeploy.results import Findings, Validated
from tests.support.results import MEMORY_STEP, span

SOURCE = "component: scf\ninputs:\n  memorySize: 100\n"
PLAIN = TextStyle(color=False, width=80)


def test_finding_shows_position_summary_source_and_hint() -> None:
    result = Validated(Findings([MEMORY_STEP], {"serverless.yml": SOURCE}), ok=False, files=1, functions=1)

    assert render_text(result, color=False, width=80) == (
        "serverless.yml:3:15: error: Memory size is no step [memory-step, InvalidParameterValue.Memory]\n"
        "  100 MB is neither 64 nor a multiple of 128.\n"
        "     3 |   memorySize: 100\n"
        "       |               ^~~\n"
        "  hint: Write 128.\n"
        "\n"
        "1 error in serverless.yml.\n"
    )


def test_related_positions_and_findings_without_position_are_shown() -> None:
    twice = Diagnostic(
        "duplicate-key",
        Severity.WARNING,
        "Key given twice",
        subject=span(3, 3, 13, "a.yml"),
        related=(("first given here", span(1, 1, 10, "a.yml")),),
    )
    general = Diagnostic("no-git", Severity.INFO, "No git here", "First.\nSecond.", hint="Do this.\nOr that.")
    result = Validated(Findings([general, twice, MEMORY_STEP]), ok=False)

    assert render_text(result, color=False, width=80) == (
        "info: No git here [no-git]\n"
        "  First.\n"
        "  Second.\n"
        "  hint: Do this.\n"
        "        Or that.\n"
        "\n"
        "a.yml:3:3: warning: Key given twice [duplicate-key]\n"
        "  see: first given here (a.yml:1:1)\n"
        "\n"
        "serverless.yml:3:15: error: Memory size is no step [memory-step, InvalidParameterValue.Memory]\n"
        "  100 MB is neither 64 nor a multiple of 128.\n"
        "  hint: Write 128.\n"
        "\n"
        "1 error, 1 warning, 1 note in 2 files.\n"
    )


def test_valid_project_is_one_line() -> None:
    assert render_text(Validated(Findings(), ok=True, files=1, functions=2), color=False, width=80) == (
        "Valid: 2 functions in 1 file.\n"
    )


def test_strict_warnings_are_named() -> None:
    warning = Diagnostic("old-runtime", Severity.WARNING, "Old runtime")
    text = render_text(Validated(Findings([warning]), ok=False, files=1, functions=1), color=False, width=80)

    assert text.endswith("1 warning.\n\nNot valid: 1 function in 1 file; --strict fails on warnings.\n")


def test_colour_is_added_only_on_request() -> None:
    result = Validated(Findings([MEMORY_STEP]), ok=False)
    coloured = render_text(result, color=True, width=80)

    assert "\x1b[31;1merror:\x1b[0m" in coloured
    assert "\x1b" not in render_text(result, color=False, width=80)


def test_control_characters_in_file_are_escaped() -> None:
    evil = Diagnostic("x\x1b[2J", Severity.ERROR, "s\x1b]0;t\x07", "d\x1b[1A\rhidden", span(1, 1, 3), hint="h\x1bc")
    result = Validated(Findings([evil], {"serverless.yml": "a\x1b[31m: 1\n"}), ok=False)

    assert not set(render_text(result, color=False, width=80)) & {"\x1b", "\x07", "\r"}


def marked(text: str, column: int, end: int, columns: int = 80, line: int = 1) -> list[str]:
    """The snippet without its gutter."""
    lines = snippet(span(line, column, end), text, TextStyle(width=columns + 9))
    return [shown[9:] for shown in lines]


@pytest.mark.parametrize(
    ("text", "column", "end", "expected"),
    [
        ("name: x", 7, 8, ["name: x", "      ^"]),
        ("name: 中文 b", 7, 9, ["name: 中文 b", "      ^~~~"]),
        ("描述: bad", 5, 8, ["描述: bad", "      ^~~"]),
        ("\tend: 1", 2, 5, ["    end: 1", "    ^~~"]),
        ("a\tend: 1", 3, 6, ["a   end: 1", "    ^~~"]),
        ("a\x1bb: 1", 3, 4, ["a\\x1bb: 1", "     ^"]),
        ("e\u0301x: 1", 3, 4, ["e\u0301x: 1", " ^"]),
        ("name: x", 8, 8, ["name: x", "       ^"]),
        ("name: x", 99, 120, ["name: x", "       ^"]),
        ("\ufeffname: x\r\n", 1, 5, ["name: x", "^~~~"]),
        ("", 1, 1, ["", "^"]),
    ],
)
def test_marker_is_below_the_words(text: str, column: int, end: int, expected: list[str]) -> None:
    assert marked(text, column, end) == expected


def test_multi_line_span_is_marked_on_first_line() -> None:
    over = Span("f", Position(1, 1), Position(3, 2))
    assert snippet(over, "events:\n  - a\n  b\n", PLAIN) == ["     1 | events:", "       | ^~~~~~~"]


def test_missing_line_is_not_shown() -> None:
    assert snippet(span(9, 1, 2), "a: 1\n", PLAIN) == []


@pytest.mark.parametrize(
    ("column", "end", "expected"),
    [
        (1, 4, ["000 001 002 003 004 00…", "^~~"]),
        (41, 44, ["…08 009 010 011 012 013…", "        ^~~"]),
        (77, 80, ["…14 015 016 017 018 019", "                    ^~~"]),
    ],
)
def test_long_line_is_cut_around_the_marker(column: int, end: int, expected: list[str]) -> None:
    text = " ".join(f"{number:03}" for number in range(20))
    assert marked(text, column, end, columns=24) == expected


def test_marker_is_cut_at_line_width() -> None:
    shown, marker = marked("x" * 100, 11, 90, columns=30)
    assert len(shown) == 30
    assert len(marker) <= 30


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("API_KEY: abc, def # x", "API_KEY: ************"),
        ("v: {LANG: zh, DB_PASSWORD: 'a b'}", "v: {LANG: zh, DB_PASSWORD: ******"),
        ("TOKEN: ${env:TOKEN}", "TOKEN: ${env:TOKEN}"),
        ("LANG: zh", "LANG: zh"),
    ],
)
def test_values_that_look_secret_are_not_shown(line: str, shown: str) -> None:
    assert marked(line, 1, 2)[0] == shown
