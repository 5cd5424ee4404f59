"""The provider connected to a started local server, with code to deploy and quick retries."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.apply import Outcome, run
from scfdeploy.model import Address, Bundle, Observed, Owner, ProjectKey, Resource, Secret, Value
from scfdeploy.plan import Action, Change, FieldChange, Plan
from scfdeploy.providers.base import Query
from scfdeploy.providers.clock import Clock, SystemClock
from scfdeploy.providers.retry import RetryPolicy
from scfdeploy.providers.tencent import Credentials, TencentCloud, connect
from scfdeploy.providers.tencent.client import Client
from scfdeploy.providers.tencent.endpoint import Endpoint
from tests.support.local_server import LocalServer

REGION = "ap-guangzhou"
OWNER = Owner("shop", "dev", "api")
PAIR = Credentials("AKIDlocal", Secret("local-secret"), None, "the local server")
QUICK = RetryPolicy(
    base_s=0.01, cap_s=0.05, budget_s=20, unclear_tries=10, first_poll_s=0.02, poll_growth=1.0, wait_s=10
)
EVENT: Mapping[str, Value] = {"type": "event", "runtime": "Python3.10", "handler": "index.main"}
SOURCE = "def main(event, context):\n    print('hello')\n    return event\n"


def archive(source: str = SOURCE) -> bytes:
    """A zip with one index.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("index.py", source)
        file.writestr("scf_bootstrap", "#!/bin/sh\n")
    return buffer.getvalue()


@dataclass
class Deployment:
    """A folder for packed code, a server, and a connection to it."""

    server: LocalServer
    folder: Path
    bundles: dict[Address, Bundle]
    cloud: TencentCloud

    @classmethod
    def on(cls, server: LocalServer, folder: Path, region: str = REGION) -> Deployment:
        bundles: dict[Address, Bundle] = {}
        cloud = connect(region, credentials=PAIR, endpoint=server.url, bundles=bundles, policy=QUICK)
        return cls(server, folder, bundles, cloud)

    def pack(self, function: Address, source: str = SOURCE) -> Bundle:
        content = archive(source)
        path = self.folder / f"{function.function}.zip"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        self.bundles[function] = Bundle(function, digest, digest, len(content), 1, path=str(path))
        return self.bundles[function]

    def apply(self, *changes: Change) -> list[Outcome]:
        plan = Plan(ProjectKey(OWNER.app, OWNER.stage, REGION), changes)
        return list(run(plan, self.cloud, listener=lambda _: None, retry=QUICK))

    def create(self, function: Address, **settings: Value) -> Outcome:
        if function not in self.bundles:
            self.pack(function)
        written = {**EVENT, **settings}
        return self.apply(Change(function, Action.CREATE, "new", settings=written, owner=OWNER))[0]

    def update(self, function: Address, *fields: FieldChange, **settings: Value) -> Outcome:
        written = {**EVENT, **settings}
        return self.apply(Change(function, Action.UPDATE, "differs", fields, written, OWNER))[0]

    def observe(self, *functions: Address, asynchronous: bool = False) -> Observed:
        wanted = frozenset(functions) if asynchronous else frozenset[Address]()
        return self.cloud.observe(Query(functions, wanted, app=OWNER.app, stage=OWNER.stage))

    def see(self, address: Address) -> Resource:
        return self.observe(address.of, asynchronous=True).resources[address]


def client_of(url: str, *, policy: RetryPolicy = QUICK, clock: Clock | None = None) -> Client:
    """The bare client of the provider."""
    return Client(
        REGION,
        credentials=PAIR,
        endpoint=Endpoint.parse(url),
        clock=clock or SystemClock(),
        random=lambda: 0.5,
        policy=policy,
        pool_size=4,
    )


def differs(*paths: str) -> tuple[FieldChange, ...]:
    """Changes that name only what differs."""
    return tuple(FieldChange(path, None, "") for path in paths)
