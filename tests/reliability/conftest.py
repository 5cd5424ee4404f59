"""One initial state of a scenario for all workers, one forking process for each, a local server for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.concurrent_writer import Checkout, ConcurrentWriterServer
from tests.support.crash_scenarios import CrashScenario, PreparedScenario
from tests.support.forked_commands import CommandRunner
from tests.support.local_server import LocalServer, local_server
from tests.support.project import TIMER, write_project


@pytest.fixture(scope="session")
def commands() -> CommandRunner:
    return CommandRunner()


@pytest.fixture(scope="session")
def prepare(
    commands: CommandRunner, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[CrashScenario], PreparedScenario]:
    """Gives a scenario whose initial state is built once."""

    @cache
    def prepared(scenario: CrashScenario) -> PreparedScenario:
        return PreparedScenario(scenario, commands, tmp_path_factory)

    return prepared


@pytest.fixture
def cloud() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture(params=["full", "changed"])
def checkout(request: pytest.FixtureRequest, commands: CommandRunner, tmp_path: Path) -> Iterator[Checkout]:
    """A project whose commands run in each mode of `--refresh`."""
    with ConcurrentWriterServer() as server:
        found = Checkout(commands, tmp_path, server, refresh=request.param)
        write_project(found.project, TIMER)
        yield found
