"""The sample of a long matrix: no test of it goes without a point, and together they reach every one."""

from __future__ import annotations

import pytest

from tests.support.sampling import sample, sample_size


@pytest.mark.parametrize("number", [1, 5, 26, 30, 61])
def test_every_start_has_a_point_and_all_starts_have_all(number: int) -> None:
    samples = [sample(range(number), every=30, start=start) for start in range(60)]

    assert all(samples)
    assert {point for points in samples for point in points} == set(range(number))


def test_nothing_has_an_empty_sample() -> None:
    assert list(sample([], every=3, start=2)) == []


@pytest.mark.parametrize("number", [1, 5, 6, 100])
def test_examples_are_at_least_a_handful_if_so_many_are_asked_for(number: int) -> None:
    assert min(number, 5) <= sample_size(number) <= number
