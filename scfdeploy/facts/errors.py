"""Error codes of the API and status codes of invocations, with their meaning and fix."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows
from scfdeploy.records import NamedTuple


class ErrorCode(NamedTuple):
    """One documented API error code."""

    code: str
    meaning: str
    action: str
    retry: str
    """`yes`, `wait`, `maybe` or `no`."""
    field: str = ""
    """The request parameter that is invalid."""


class StatusCode(NamedTuple):
    """One documented status code of an invocation, such as 430."""

    code: int
    name: str
    kind: str
    meaning: str
    fix: str
    async_retry: str
    recycles_instance: bool
    """Whether the platform ends the instance after this status."""
    basis: str = "guide"
    """`guide` when the guide documents `async_retry`, `derived` when it follows from the guide."""


@cache
def error_codes() -> dict[str, ErrorCode]:
    """Every documented code. Where SCF documents a common code itself, its own meaning is used."""
    found: dict[str, ErrorCode] = {}
    for table in ("common_error_codes", "error_codes"):
        for row in rows(table):
            found[row["code"]] = ErrorCode(
                row["code"], row["meaning"], row["action"], row["retry"], row.get("field", "")
            )
    return found


def error_code(code: str) -> ErrorCode | None:
    """The entry for `code`, or else for its first part (`ResourceInUse` for `ResourceInUse.New`)."""
    known = error_codes()
    return known.get(code) or known.get(code.partition(".")[0])


@cache
def status_codes() -> dict[int, StatusCode]:
    """Every documented status code of an invocation."""
    return {
        int(row["code"]): StatusCode(
            int(row["code"]),
            row["name"],
            row["class"],
            row["meaning"],
            row["fix"],
            row["async_retry"],
            row["recycles_instance"] == "yes",
            row["basis"],
        )
        for row in rows("status_codes")
    }


def status_code(code: int) -> StatusCode | None:
    """The entry for an invocation status code, or None."""
    return status_codes().get(code)
