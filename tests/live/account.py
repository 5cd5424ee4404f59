"""The account of the live tests: a real one with `SCFDEPLOY_LIVE=1`, else the emulator as a process of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scfdeploy.providers.clock import SystemClock
from scfdeploy.providers.retry import RetryPolicy, uniform
from scfdeploy.providers.tencent.auth.credentials import find_credentials
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from tests.support.command import Ran
from tests.support.command_process import run_function, run_scfdeploy

PREFIX = "scfdeploy-live-"
"""With what the names of everything begin that the live tests make. Only such names are ever cleaned up."""
DEFAULT_REGION = "ap-guangzhou"
_ROOT = Path(__file__).parents[2]


def is_live() -> bool:
    """Whether the tests run against a real account."""
    return os.environ.get("SCFDEPLOY_LIVE") == "1"


def region() -> str:
    """The region of the live tests."""
    return os.environ.get("SCFDEPLOY_LIVE_REGION") or DEFAULT_REGION


def open_client(environment: Mapping[str, str]) -> Client:
    """Calls the account that the environment names."""
    endpoint = environment.get("SCFDEPLOY_ENDPOINT") or None
    return Client(
        region(),
        credentials=find_credentials(environment, profile=None, endpoint=endpoint, home=str(Path.home())),
        endpoint=Endpoint.parse(endpoint) if endpoint else None,
        clock=SystemClock(),
        random=uniform(),
        policy=RetryPolicy(),
        pool_size=4,
    )


class Account:
    """One run of the live tests, which uses names of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.prefix = f"{PREFIX}{secrets.token_hex(4)}"
        """The name of the app and of the namespace, and the start of all other names."""

    def name(self, of: str) -> str:
        """A name that belongs to this run."""
        return f"{self.prefix}-{of}"

    def scfdeploy(self, *arguments: str | Path) -> Ran:
        """Run the command line as a process, as users do."""
        return run_scfdeploy(*arguments, folder=_ROOT, env=self.environment)

    def clean_up(self, *arguments: str) -> Ran:
        """Run the clean-up command, by default for everything of this run."""
        typed = arguments or ("--prefix", self.prefix)
        return run_function("tests.live.cleanup:main", typed, folder=_ROOT, env=self.environment)

    @property
    def client(self) -> Client:
        """Calls API actions directly."""
        return open_client(self.environment)


@contextmanager
def open_account(home: Path) -> Iterator[Account]:
    """The account. Without `SCFDEPLOY_LIVE=1`, an emulator process that knows only a random key pair."""
    if is_live():
        yield Account(os.environ)
        return
    pair = f"AKID{secrets.token_hex(8)}", secrets.token_hex(16)
    command = [sys.executable, "-m", "scfdeploy", "emulator", "--port", "0", "--credential", ":".join(pair)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("listening on ").strip()
            keys = {"TENCENTCLOUD_SECRET_ID": pair[0], "TENCENTCLOUD_SECRET_KEY": pair[1]}
            yield Account({**environment, **keys, "SCFDEPLOY_ENDPOINT": url})
        finally:
            process.terminate()
