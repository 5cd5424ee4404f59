"""Reads a table: tab-separated values with a header row. Lines that start with `#` give source and date."""

from __future__ import annotations

import os
from collections.abc import Iterator

_TABLES = os.path.join(os.path.dirname(__file__), "tables")  # noqa: PTH118, PTH120 - pathlib costs start-up time


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield each row of `tables/<table>.tsv` by column name. Missing cells at the end of a row are empty."""
    header: list[str] = []
    with open(f"{_TABLES}/{table}.tsv", encoding="utf-8") as file:  # noqa: PTH123
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            cells = line.rstrip("\n").split("\t")
            if not header:
                header = cells
                continue
            yield dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))
