"""What pipelines run on here: a local server for the cloud, a stand-in for GitHub's API, and no package index."""

import json
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
from tests.support.machine import put_python
from tests.support.marketplace import marketplace
from tests.support.pipeline_run import Event, push
from tests.support.pipeline_steps import Runner
from tests.support.preloaded_command import start_command
from tests.support.project import write_project
from tests.support.shared import shared_folder

ROOT = Path(__file__).parents[3]

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
EVIL_MODULES = ("json", "venv", "pip", "run", "settings", "subprocess", "sitecustomize")
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


@pytest.fixture(name="installation", scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a RUNNER_TEMP, `temp`, in which the action has installed itself, and with what is known of that:
    `seen`, the environment of each call of Python, and `job.json`.
    """
    return shared_folder(tmp_path_factory, "installed action", install)


def install(folder: Path) -> None:
    """Run the action with keys, in a repository whose modules are named like Python's own."""
    python = folder / "python"
    put_python(folder / "other python")
    python.write_text(f'#!/bin/sh\nenv >> "{folder}/seen"\nexec "{folder}/other python" "$@"\n')
    python.chmod(0o755)
    actions = marketplace(checkout_with_evil_modules)
    found = {**actions, "actions/setup-python": lambda _place, _inputs: {"python-path": str(python)}}
    runner = Runner(folder / "runner", found, push(), offline_host(), shared_temp=folder / "temp")
    env = {**KEYS, "TENCENTCLOUD_TOKEN": "local-secret"}
    job = runner.run(using_the_action(env, command="validate")).jobs["deploy"]
    steps = {step.name: step.outcome for step in job.steps}
    record = {"result": job.result, "printed": job.printed, "steps": steps}
    (folder / "job.json").write_text(json.dumps(record), "utf-8")


def checkout_with_evil_modules(folder: Path) -> None:
    write_project(folder)
    for module in EVIL_MODULES:
        (folder / f"{module}.py").write_text("open('pwned', 'w').close()\n")


def using_the_action(env: Mapping[str, str], **inputs: str) -> str:
    """A workflow of one job that uses the action."""
    return f"""\
jobs:
  deploy:
    steps:
      - uses: actions/checkout@v1
      - uses: {json.dumps(str(ROOT))}
        env: {json.dumps(env)}
        with: {json.dumps(inputs)}
"""


@pytest.fixture(scope="session", name="temp_of_action")
def temp_with_forked_program(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A RUNNER_TEMP as the action has left it, whose scfdeploy is a fork of a loaded one."""
    temp = tmp_path_factory.mktemp("runner temp")
    (home,) = (installation / "temp").glob("scfdeploy-*/bin")
    copy = temp / home.parent.name
    shutil.copytree(home, copy / "bin", symlinks=True)
    shutil.copy(home.parent / "pyvenv.cfg", copy)
    (copy / "bin" / "scfdeploy").write_text(f'#!/bin/sh\nexec {start_command()} "$@"\n')
    return temp


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
