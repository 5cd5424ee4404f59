"""Reads lists page by page, and checks the types of response fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.errors import malformed_field
from scfdeploy.records import dataclass

_PAGE_SIZE = 100
# Far more than any account needs; ends the reading of a list whose server never returns a last page.
_MAX_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """All rows of a list."""

    rows: tuple[Answer, ...]
    is_one_page: bool
    """False: rows deleted between two requests may have hidden others."""


def list_all(
    client: Client,
    action: str,
    params: Mapping[str, Any],
    key: str,
    *,
    number: Callable[[int], object] = int,
    total: str = "TotalCount",
) -> Listing:
    """Read every row of a list action with Offset and Limit, which `number` converts, `key` and the count `total`.

    Raises CloudError.
    """
    rows: list[Answer] = []
    page: list[Answer] = []
    for pages in range(1, _MAX_PAGES + 1):
        response = client.read(action, {**params, "Offset": number(len(rows)), "Limit": number(_PAGE_SIZE)})
        previous, page = page, object_list(response, key, action)
        count = response.get(total) or 0
        is_repeated = bool(page) and page == previous
        if is_repeated or not isinstance(count, int):
            raise malformed_field(action, total)
        rows.extend(page)
        if not page or len(rows) >= count:
            return Listing(tuple(rows), pages == 1)
    raise malformed_field(action, total)


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, otherwise an empty one."""
    return value if isinstance(value, Mapping) else {}


def number(value: object) -> float | None:
    """The value if it is a number below 10^15, otherwise None: JSON text can have NaN and integers of any length."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 else None


def object_field(response: Mapping[str, Any], key: str, action: str) -> Answer:
    """An object in a response, empty if absent. Raises CloudError when it is malformed."""
    value = response.get(key) or {}
    if not isinstance(value, dict):
        raise malformed_field(action, key)
    return value


def object_list(response: Mapping[str, Any], key: str, action: str) -> list[Answer]:
    """A list of objects in a response, empty if absent. Raises CloudError when it is malformed."""
    value = response.get(key) or []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise malformed_field(action, key)
    return value
