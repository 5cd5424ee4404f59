"""Search conditions of CLS select lines."""

from __future__ import annotations

import pytest

from scfdeploy.emulator.cls.log_query import parse_query
from scfdeploy.emulator.messages import CloudError

LINE = {
    "SCF_FunctionName": "my-orders",
    "SCF_RequestId": "3fd04cc1-8417",
    "SCF_StatusCode": "430",
    "SCF_Message": "Report RequestId:3fd04cc1-8417 Duration:12ms",
    "SCF_Type": "Platform",
}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "*",
        'SCF_FunctionName:"my-orders"',
        "SCF_FunctionName:my-orders",
        "SCF_RequestId:3fd0*",
        "SCF_Type:Platform AND SCF_Message:Report*",
        "SCF_Type:Platform SCF_StatusCode:>=430",
        "SCF_StatusCode:430 OR SCF_StatusCode:500",
        "NOT SCF_Type:Custom",
        "(SCF_Type:Custom OR SCF_Type:Platform) AND NOT SCF_StatusCode:<400",
        '"Report"',
        "12ms",
    ],
)
def test_query_matches_line(query: str) -> None:
    assert parse_query(query)(LINE)


@pytest.mark.parametrize(
    "query",
    [
        'SCF_FunctionName:"orders"',
        "SCF_FunctionName:orders",
        "SCF_RequestId:9fd0*",
        "SCF_Type:Platform AND SCF_StatusCode:200",
        "NOT SCF_Type:Platform",
        "SCF_StatusCode:>430",
        "SCF_Message:>1",
        "Repor",
    ],
)
def test_query_does_not_match_line(query: str) -> None:
    assert not parse_query(query)(LINE)


@pytest.mark.parametrize(
    "query",
    [
        *("* | select count(*)", "(a", "a )", "a AND", "NOT", "SCF_StatusCode:>many"),
        pytest.param("(" * 5000 + "a" + ")" * 5000, id="brackets nested too deep"),
        pytest.param("NOT " * 5000 + "a", id="NOT nested too deep"),
    ],
)
def test_query_that_cannot_be_read_is_an_error(query: str) -> None:
    with pytest.raises(CloudError):
        parse_query(query)
