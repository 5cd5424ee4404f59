"""Reads lists page by page, and checks the types of response fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.errors import malformed_field
from scfdeploy.records import dataclass

PAGE_SIZE = 100
"""Rows in a page; the most that the actions allow."""
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
    pages = list(read_pages(client, action, params, key, number=number, total=total))
    return Listing(tuple(row for page in pages for row in page), len(pages) == 1)


def read_pages(
    client: Client,
    action: str,
    params: Mapping[str, Any],
    key: str,
    *,
    number: Callable[[int], object] = int,
    total: str = "TotalCount",
) -> Iterator[list[Answer]]:
    """The pages of a list, as `list_all` reads them: the first one, and each other one when it is asked for."""
    offset = 0
    previous: list[Answer] = []
    for _ in range(_MAX_PAGES):
        page, count = read_page(client, action, params, key, offset=offset, number=number, total=total)
        if page and page == previous:
            raise malformed_field(action, total)
        yield page
        offset += len(page)
        if not page or offset >= count:
            return
        previous = page
    raise malformed_field(action, total)


def read_page(
    client: Client,
    action: str,
    params: Mapping[str, Any],
    key: str,
    *,
    offset: int,
    number: Callable[[int], object] = int,
    total: str = "TotalCount",
) -> tuple[list[Answer], int]:
    """The rows from `offset` on, and the number of all rows. Raises CloudError."""
    response = client.read(action, {**params, "Offset": number(offset), "Limit": number(PAGE_SIZE)})
    rows, count = object_list(response, key, action), response.get(total) or 0
    if not isinstance(count, int):
        raise malformed_field(action, total)
    return rows, count


class PageSet:
    """The pages of one list, read in any order. Thread-safe if each page is added once."""

    def __init__(self) -> None:
        self._pages: dict[int, tuple[list[Answer], int]] = {}

    def add(self, offset: int, page: tuple[list[Answer], int]) -> None:
        """Add the page that begins at `offset`."""
        self._pages[offset] = page

    @property
    def missing(self) -> list[int]:
        """Where the pages after the first one begin."""
        rows, count = self._pages[0]
        return list(range(len(rows), min(count, PAGE_SIZE * _MAX_PAGES), PAGE_SIZE)) if rows else []

    def rows(self, name: str) -> list[Answer] | None:
        """All rows, which the field `name` tells apart; None if the list changed between two pages."""
        found = [row for offset in sorted(self._pages) for row in self._pages[offset][0]]
        counts = {count for _, count in self._pages.values()}
        is_whole = counts == {len(found)} and len({str(row.get(name)) for row in found}) == len(found)
        return found if is_whole else None


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
