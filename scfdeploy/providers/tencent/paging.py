"""Reads a list to its end, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scfdeploy.providers.tencent.client import Answer, Client

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """All rows, and whether one page held them: between two pages, rows move when others are deleted."""

    rows: tuple[Answer, ...]
    is_one_page: bool


def list_all(client: Client, action: str, params: Mapping[str, Any], key: str) -> Listing:
    """Every row of a list that takes Offset and Limit and gives `key` and TotalCount. Raises CloudError."""
    rows: list[Answer] = []
    pages = 0
    while True:
        answer = client.read(action, {**params, "Offset": len(rows), "Limit": _PAGE})
        page = answer.get(key) or []
        rows.extend(page)
        pages += 1
        if not page or len(rows) >= int(answer.get("TotalCount") or 0):
            return Listing(tuple(rows), pages == 1)
