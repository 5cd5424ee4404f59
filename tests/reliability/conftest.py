"""One forking process for each worker, and a local server for each test that wants one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.concurrent_writer import Checkout, ConcurrentWriterServer
from tests.support.fork_server import fork_server
from tests.support.forked_commands import CommandRunner
from tests.support.local_server import LocalServer, local_server
from tests.support.project import TIMER, write_project


@pytest.fixture(scope="session")
def commands() -> CommandRunner:
    return CommandRunner(fork_server())


@pytest.fixture
def cloud() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture
def checkout(commands: CommandRunner, tmp_path: Path) -> Iterator[Checkout]:
    with ConcurrentWriterServer() as server:
        found = Checkout(commands, tmp_path, server)
        write_project(found.project, TIMER)
        yield found
