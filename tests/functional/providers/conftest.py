from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cloud import Deployment
from tests.support.local_server import LocalServer, local_server


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as started:
        yield started


@pytest.fixture
def deployment(server: LocalServer, tmp_path: Path) -> Deployment:
    return Deployment.on(server, tmp_path)
