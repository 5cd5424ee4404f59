"""A server in memory, and one whose operations take ten seconds of its own clock."""

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
