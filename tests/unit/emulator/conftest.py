"""A server in memory for the tests here, and one whose states take ten seconds of its own time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.emulator import Cloud, running


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running() as started:
        yield started


@pytest.fixture
def slow_cloud() -> Iterator[Cloud]:
    with running(activation_s=10) as started:
        yield started
