"""What pipelines run on here: a local server for the cloud, a stand-in for GitHub's API, and no package index."""

import os
import shutil
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import scfdeploy
from tests.support.github_api import GitHub, github_api
from tests.support.local_server import LocalServer, local_server
from tests.support.marketplace import marketplace
from tests.support.pipeline_run import Event, push
from tests.support.pipeline_steps import Runner
from tests.support.project import write_project

HOSTILE = (
    "$(touch pwned)",
    '"; touch pwned; "',
    "'; touch pwned; ' | touch pwned & `touch pwned`",
    "${{ github.token }}",
    "${IFS}touch${IFS}pwned",
    "--yes",
    "::add-mask::s",
    "x\n::add-path::/tmp\n::set-output name=a::b",
    "函数 名 'n'",
)
"""What branches, stages, folders and functions may be called. `pwned` must never exist, and nothing be obeyed."""
KEYS = {"TENCENT_SECRET_ID": "AKIDlocal", "TENCENT_SECRET_KEY": "local-secret"}


def needs(*programs: str) -> None:
    """Skip the test where one of these programs is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def greeting(repository: Path, server: LocalServer, stage: str = "dev") -> Any:
    """What the deployed function of the repository returns."""
    arguments = ("invoke", "hello", "--path", repository, f"--stage={stage}", "--format", "json")
    return scfdeploy(*arguments, env={**server.env, **KEYS}).document["result"]


@pytest.fixture(name="repository")
def an_empty_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a repository, which is the current folder."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(name="server")
def the_server() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture(name="github")
def the_api() -> Iterator[GitHub]:
    with github_api() as github:
        yield github


@pytest.fixture(scope="module", name="temp")
def shared_temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One RUNNER_TEMP for the tests of a module: the action installs once, as in a job with several steps of it."""
    return tmp_path_factory.mktemp("runner temp")


@pytest.fixture(name="host")
def the_host(server: LocalServer) -> Mapping[str, str]:
    """The environment of a machine on which pip builds from what is there and fetches nothing."""
    return {**offline_host(), "SCFDEPLOY_ENDPOINT": server.url}


def offline_host() -> Mapping[str, str]:
    """As the fixture `host`, without a cloud. Python compiles what it runs; pip would compile everything."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_COMPILE": "0",
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }


MakeRunner = Callable[..., Runner]


@pytest.fixture(name="runner")
def a_runner(tmp_path: Path, temp: Path, host: Mapping[str, str], github: GitHub) -> MakeRunner:
    """Makes runners; by default one whose repository holds one Python function, after a push."""

    def make(event: Event | None = None, *, checkout: Callable[[Path], None] | None = None, **more: object) -> Runner:
        def repository(folder: Path) -> None:
            write_project(folder)

        return Runner(
            **{
                "folder": tmp_path / "runner",
                "marketplace": marketplace(checkout or repository),
                "event": event or push(),
                "host": host,
                "api": github.url,
                "shared_temp": temp,
                **more,
            }
        )

    return make
