"""One local server for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.local_server import LocalServer, local_server


@pytest.fixture
def cloud() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server
