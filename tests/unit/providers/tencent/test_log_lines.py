"""Lines of a CLS topic are combined to runs, in the formats that the platform documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.log_source import LogEntry
from scfdeploy.providers.tencent.logs.lines import parse_entries

ORDERS = Address.of_function("default", "orders")
ID = "09c346d3-8417-49c5-8569-c55033b17f51"
START = 1_764_295_200_000


def row(message: str, number: int, *, platform: bool = True, request_id: str = ID, **fields: str) -> dict[str, Any]:
    content = {
        "SCF_FunctionName": "orders",
        "SCF_Namespace": "default",
        "SCF_LogTime": str(START * 1_000_000 + number),
        "SCF_RequestId": request_id,
        "SCF_Message": message,
        "SCF_Type": "Platform" if platform else "Custom",
        "SCF_RetryNum": "0",
        **fields,
    }
    return {"Time": START, "LogJson": json.dumps(content)}


def report(status: int, number: int, **fields: str) -> dict[str, Any]:
    text = f"Report RequestId:{ID} Duration:12ms Memory:128MB MemUsage:29.734375MB"
    return row(text, number, SCF_StatusCode=str(status), SCF_StartTime=str(START), **fields)


def parse(*rows: dict[str, Any]) -> list[LogEntry]:
    return parse_entries(ORDERS, rows)


def test_run_of_simplified_format_has_figures_of_report_line() -> None:
    (entry,) = parse(
        row(f"START RequestId:{ID}", 0),
        row("init log\n", 1, platform=False),
        row(f"Init Report RequestId: {ID} InitDuration: 4598ms Duration: 3924ms Memory: 640MB MemUsage: 57.86MB", 2),
        row("invoke log", 3, platform=False),
        row(f'Response RequestId:{ID} RetMsg:"Hello World"', 4),
        row(f"END RequestId:{ID}", 5),
        report(200, 6),
    )
    assert entry == LogEntry(ID, ORDERS, START, 200, 12.0, 29.734375, "Hello World", ("init log", "invoke log"))


def test_failed_run_shows_error_that_was_not_printed() -> None:
    error = {"errorCode": -1, "errorMessage": "Invoking task timed out after 3 seconds", "statusCode": 433}
    (entry,) = parse(
        row(f"START RequestId:{ID}", 0),
        row(f"ERROR RequestId:{ID} Result:{json.dumps(error)}", 1),
        row(f"Response RequestId:{ID} RetMsg:", 2),
        report(433, 3),
    )
    assert (entry.status_code, entry.result) == (433, None)
    assert entry.lines == ("Invoking task timed out after 3 seconds",)


def test_printed_traceback_is_not_repeated() -> None:
    error = {"errorType": "KeyError", "errorMessage": "'customer'", "stackTrace": "Traceback …\nKeyError: 'customer'\n"}
    lines = ["Traceback (most recent call last):", "KeyError: 'customer'"]
    (entry,) = parse(
        *(row(line, number, platform=False) for number, line in enumerate(lines)),
        row(f"ERROR RequestId:{ID} Result:{json.dumps(error)}", 2),
        report(430, 3),
    )
    assert entry.lines == tuple(lines)


def test_run_without_end_is_running() -> None:
    (entry,) = parse(row(f"START RequestId:{ID}", 0, SCF_StatusCode="202"), row("working", 1, platform=False))
    assert (entry.status_code, entry.duration_ms, entry.lines) == (None, None, ("working",))


def test_lines_of_several_requests_are_separated() -> None:
    other = "c6af0fb4-1c07-4a92-8307-000000000000"
    entries = parse(
        row("b", 1, platform=False, request_id=other),
        row("a", 0, platform=False),
        row("c", 2, platform=False),
    )
    assert {entry.request_id: entry.lines for entry in entries} == {ID: ("a", "c"), other: ("b",)}


def test_retries_are_separate_runs() -> None:
    entries = parse(
        row("first", 0, platform=False),
        row("second", 1, platform=False, SCF_RetryNum="1"),
    )
    assert [(entry.retries, entry.lines) for entry in entries] == [(0, ("first",)), (1, ("second",))]


def test_text_that_looks_like_a_platform_line_of_another_request_is_output() -> None:
    (entry,) = parse(row("END RequestId:other", 0, platform=False))
    assert entry.lines == ("END RequestId:other",)


def test_rows_that_are_no_lines_of_a_function_are_ignored() -> None:
    assert parse({"LogJson": "no JSON"}, {"LogJson": "[]"}, {"LogJson": '{"a": 1}'}, {"LogJson": None}, {}) == []


def test_result_that_the_platform_cut_is_shown_as_text() -> None:
    (entry,) = parse(row(f'Response RequestId:{ID} RetMsg:{{"a": [1, 2', 0), report(200, 1))
    assert entry.result == '{"a": [1, 2'


@pytest.mark.parametrize("figure", ["NaN", "inf", "9" * 400, 10**400, float("nan"), None, []])
def test_impossible_figures_and_times_are_left_out(figure: Any) -> None:
    times: Any = {"SCF_StartTime": "9" * 20, "SCF_Duration": figure, "SCF_MemUsage": figure}
    (entry,) = parse(row(f"Report RequestId:{ID}", 0, SCF_StatusCode="200", **times))
    assert (entry.started_at, entry.duration_ms, entry.memory_mb) == (START, None, None)
