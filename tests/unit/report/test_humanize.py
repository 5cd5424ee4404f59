"""Texts for people."""

from __future__ import annotations

import pytest

from scfdeploy.report.humanize import short_ids


@pytest.mark.parametrize(
    ("request_ids", "shortened"),
    [
        ([], []),
        (["3fd01f0a"], ["3fd0"]),
        (["3fd01f0a", "9c1e0000", "3fd02222"], ["3fd01", "9c1e", "3fd02"]),
        (["9c1e", "9c1e00", "9"], ["9c1e", "9c1e0", "9"]),
        (["3fd01f0a", "3fd01f0a"], ["3fd0"]),
    ],
)
def test_ids_are_cut_as_far_as_they_differ(request_ids: list[str], shortened: list[str]) -> None:
    assert list(short_ids(request_ids).values()) == shortened


def test_ids_of_any_length_are_cut() -> None:
    long = "x" * 1_000_000
    assert short_ids([f"{long}a", f"{long}b", "y" * 1_000_000])["y" * 1_000_000] == "yyyy"
