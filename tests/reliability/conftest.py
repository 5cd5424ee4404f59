"""One forking process for each worker, and a local server for each test that wants one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.local_server import LocalServer, local_server
from tests.support.prepared import Prepared, prepared


@pytest.fixture(scope="session")
def commands() -> Iterator[Prepared]:
    with prepared() as found:
        yield found


@pytest.fixture
def cloud() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server
