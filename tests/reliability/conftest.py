"""One forking process for each worker, and a local server for each test that wants one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.local_server import LocalServer, local_server
from tests.support.meddling import MeddlingServer, Site
from tests.support.prepared import Prepared, prepared
from tests.support.project import TIMER, write_project


@pytest.fixture(scope="session")
def commands() -> Iterator[Prepared]:
    with prepared() as found:
        yield found


@pytest.fixture
def cloud() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture
def site(commands: Prepared, tmp_path: Path) -> Iterator[Site]:
    with MeddlingServer() as server:
        found = Site(commands, tmp_path, server)
        write_project(found.project, TIMER)
        yield found
