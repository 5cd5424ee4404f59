"""Pages of one list that are read side by side."""

from __future__ import annotations

import pytest

from scfdeploy.providers.tencent.transport.paging import PageSet

Page = tuple[int, int, int]
"""Where a page begins, how many rows it has, and how many the server says that there are."""


def pages(*of: Page) -> PageSet:
    found = PageSet()
    for offset, size, count in of:
        found.add(offset, ([{"Name": f"f{offset + number}"} for number in range(size)], count))
    return found


@pytest.mark.parametrize(
    ("first", "missing"),
    [((0, 3, 3), []), ((0, 0, 0), []), ((0, 100, 250), [100, 200]), ((0, 60, 170), [60, 160]), ((0, 0, 9), [])],
)
def test_first_page_shows_which_others_there_are(first: Page, missing: list[int]) -> None:
    assert pages(first).missing == missing


def test_rows_are_in_the_order_of_the_list() -> None:
    rows = pages((100, 20, 120), (0, 100, 120)).rows("Name")
    assert rows is not None
    assert [row["Name"] for row in rows] == [f"f{number}" for number in range(120)]


@pytest.mark.parametrize(
    "changed",
    [
        ((0, 100, 120), (100, 20, 121)),  # created
        ((0, 100, 120), (100, 19, 120)),  # deleted behind
        ((0, 100, 120), (99, 20, 120)),  # shifted: a row twice, and another never seen
    ],
)
def test_list_that_changed_between_two_pages_is_not_whole(changed: tuple[Page, ...]) -> None:
    assert pages(*changed).rows("Name") is None
