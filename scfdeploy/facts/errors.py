"""Error codes of the API and status codes of invocations, with meaning and cure."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from scfdeploy.facts.loader import rows


class ErrorCode(NamedTuple):
    """One documented API error code. `retry` is one of yes, wait, maybe, no. `field` is the parameter it blames."""

    code: str
    meaning: str
    action: str
    retry: str
    field: str = ""


class StatusCode(NamedTuple):
    """One documented status code of an invocation, such as 430.

    `basis` is `guide` where the guide says whether it is retried, `derived` where that is concluded from it.
    """

    code: int
    name: str
    kind: str
    meaning: str
    fix: str
    async_retry: str
    basis: str = "guide"


@cache
def error_codes() -> dict[str, ErrorCode]:
    """Every documented code: those of any product first, SCF's own wording winning where both know a code."""
    found: dict[str, ErrorCode] = {}
    for table in ("common_error_codes", "error_codes"):
        for row in rows(table):
            found[row["code"]] = ErrorCode(
                row["code"], row["meaning"], row["action"], row["retry"], row.get("field", "")
            )
    return found


def error_code(code: str) -> ErrorCode | None:
    """What is documented of exactly `code`, or else of its first part (`ResourceInUse` for `ResourceInUse.New`)."""
    known = error_codes()
    return known.get(code) or known.get(code.partition(".")[0])


@cache
def status_codes() -> dict[int, StatusCode]:
    """Every documented status code of an invocation."""
    return {
        int(row["code"]): StatusCode(
            int(row["code"]), row["name"], row["class"], row["meaning"], row["fix"], row["async_retry"], row["basis"]
        )
        for row in rows("status_codes")
    }


def status_code(code: int) -> StatusCode | None:
    """What is documented of an invocation status code, or None."""
    return status_codes().get(code)
