"""Reads a list to its end, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.errors import odd_answer

_PAGE = 100
# Far more than any account has. A server that always has another page is not listened to for ever.
_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """All rows, and whether one page held them: between two pages, rows move when others are deleted."""

    rows: tuple[Answer, ...]
    is_one_page: bool


def list_all(
    client: Client, action: str, params: Mapping[str, Any], key: str, *, number: Callable[[int], object] = int
) -> Listing:
    """Every row of a list that takes Offset and Limit, each as `number`, and gives `key` and TotalCount.

    Raises CloudError.
    """
    rows: list[Answer] = []
    page: list[Answer] = []
    pages = 0
    while True:
        answer = client.read(action, {**params, "Offset": number(len(rows)), "Limit": number(_PAGE)})
        before, page = page, objects(answer, key, action)
        if page and page == before:
            raise odd_answer(action, "TotalCount")  # the same page again, and so for ever
        rows.extend(page)
        pages += 1
        total = answer.get("TotalCount") or 0
        if not isinstance(total, int):
            raise odd_answer(action, "TotalCount")
        if not page or len(rows) >= total:
            return Listing(tuple(rows), pages == 1)
        if pages == _MOST_PAGES:
            raise odd_answer(action, "TotalCount")


def object_in(answer: Mapping[str, Any], key: str, action: str) -> Answer:
    """An object in an answer, empty where it is absent. Raises CloudError when it is something else."""
    found = answer.get(key) or {}
    if not isinstance(found, dict):
        raise odd_answer(action, key)
    return found


def objects(answer: Mapping[str, Any], key: str, action: str) -> list[Answer]:
    """The objects of a list in an answer, none where it is absent. Raises CloudError when it is something else."""
    found = answer.get(key) or []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise odd_answer(action, key)
    return found
