"""The seven-field clock expressions: what is read, and where exactly it is wrong."""

from __future__ import annotations

import pytest

from scfdeploy.triggers.cron import CronError, parse, problems

GOOD = [
    "*/5 * * * * * *",
    "0 15 10 1 * * *",
    "0 0 10,14,16 * * * *",
    "0 */30 9-17 * * * *",
    "0 15 10 * * MON-FRI *",
    "0 0 0-16/8,20 * * * *",
    "2 1,31 0,6-23/1 * * * *",
    "0 07 01 * * * *",
    "0 0 0 L * ? *",
    "0 0 0 LW * ? *",
    "0 0 0 15W * ? *",
    "0 0 0 ? * 5L *",
    "0 0 0 ? * FRIL *",
    "0 0 0 ? * 5#3 *",
    "0 0 0 1 JAN-mar ? 2026-2030/2",
    "*/5 * * * *",
    " 3 8 * * *",
    "0  0\t8 * * * *",
]


@pytest.mark.parametrize("expression", GOOD)
def test_good_expressions_have_no_problem(expression: str) -> None:
    assert problems(expression) == ()


@pytest.mark.parametrize(
    ("expression", "marked", "message"),
    [
        ("60 * * * * * *", "60", "The second 60 is out of range: use 0 to 59."),
        ("0 0 24 * * * *", "24", "The hour 24 is out of range: use 0 to 23."),
        ("0 0 0 32 * * *", "32", "The day 32 is out of range: use 1 to 31."),
        ("0 0 0 0 * * *", "0", "The day 0 is out of range: use 1 to 31."),
        ("0 0 0 * 13 * *", "13", "The month 13 is out of range: use 1 to 12 or JAN to DEC."),
        ("0 0 0 * * 7 *", "7", "The weekday 7 is out of range: use 0 to 6 or SUN to SAT."),
        ("0 0 0 * * * 1969", "1969", "The year 1969 is out of range: use 1970 to 2099."),
        ("0 0 0 * * MOND *", "MOND", '"MOND" is not a valid weekday: use 0 to 6 or SUN to SAT.'),
        ("0 0 22-2 * * * *", "22-2", 'The hour range "22-2" ends before it starts.'),
        ("0 */0 * * * * *", "*/0", 'The minute field has the step "0"; a step must be an integer of at least 1.'),
        ("0 1,,3 * * * * *", ",", "The minute field has an empty part."),
        ("0 L * * * * *", "L", '"L" is not valid in the minute field: only the day and weekday fields support it.'),
        ("0 0 0 * * 3W *", "3W", '"W" is not valid in the weekday field: only the day field supports it.'),
        ("0 0 0 5#2 * ? *", "5#2", '"#" is not valid in the day field: only the weekday field supports it.'),
        ("0 0 0 ? * 5#6 *", "5#6", '"5#6" has the invalid number "6" after "#": use 1 to 5.'),
        ("0 ? 0 * * * *", "?", '"?" is not valid in the minute field: only the day and weekday fields support it.'),
        ("0 0 ٢ * * * *", "٢", 'The expression has the invalid character "٢" (U+0662).'),
        ("0 0\u20032 * * * *", "\u2003", 'The expression has the invalid character "\u2003" (U+2003).'),
    ],
)
def test_marker_points_at_the_error(expression: str, marked: str, message: str) -> None:
    (problem,) = problems(expression)

    assert problem.message == message
    assert expression[problem.start : problem.end] == marked


def test_every_mistake_is_found_at_once() -> None:
    found = problems("61 * 25,26 * FOO * *")

    assert [(problem.field, problem.start) for problem in found] == [
        ("second", 0),
        ("hour", 5),
        ("hour", 8),
        ("month", 13),
    ]


def test_six_field_cron_error_names_missing_field() -> None:
    (problem,) = problems("0 0 8 * * *")

    assert problem.message.startswith("The expression has 6 fields; seven are required: second minute hour")
    assert problem.hint == 'The year or the second is missing: use "0 0 8 * * * *" or "0 0 0 8 * * *".'


@pytest.mark.parametrize("expression", ["", "   ", "@daily", "rate(5 minutes)", "every day at eight"])
def test_invalid_expression_is_one_problem(expression: str) -> None:
    assert len(problems(expression)) == 1


def test_wrapping_range_error_suggests_two_ranges() -> None:
    (problem,) = problems("0 0 0 * * FRI-MON *")

    assert problem.hint == 'Write two ranges: "FRI-6,0-MON".'


def test_parsing_a_wrong_expression_raises_all_problems() -> None:
    with pytest.raises(CronError, match="second 60") as caught:
        parse("60 60 * * * * *")

    assert len(caught.value.problems) == 2


def test_five_fields_are_the_older_form() -> None:
    schedule = parse("*/5 * * * *")

    assert schedule.legacy
    assert schedule.seconds == (0,)
    assert schedule.minutes == tuple(range(0, 60, 5))


def test_thousands_of_digits_are_no_number_of_a_field() -> None:
    for expression in ("0 0 " + "2" * 5000 + " * * * *", "*/" + "2" * 5000 + " * * * * * *"):
        assert len(problems(expression)) == 1
