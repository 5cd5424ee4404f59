"""The provider connected to a started local server, with code to deploy."""

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
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.retry import RetryPolicy
from scfdeploy.providers.tencent import Credentials, TencentProvider, open_provider
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from tests.support.local_server import LocalServer
from tests.support.server_clock import ServerClock

REGION = "ap-guangzhou"
OWNER = Owner("shop", "dev", "api")
PAIR = Credentials("AKIDlocal", Secret("local-secret"), None, "the local server")
EVENT: Mapping[str, Value] = {"type": "event", "runtime": "Python3.10", "handler": "index.main"}
SOURCE = "def main(event, context):\n    print('hello')\n    return event\n"


def archive(source: str = SOURCE) -> bytes:
    """A zip with one index.py; the same bytes whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("index.py"), source)
        file.writestr(zipfile.ZipInfo("scf_bootstrap"), "#!/bin/sh\n")
    return buffer.getvalue()


@dataclass
class Deployment:
    """A folder for packed code, a server, and a connection to it."""

    server: LocalServer
    folder: Path
    bundles: dict[Address, Bundle]
    cloud: TencentProvider
    clock: ServerClock

    @classmethod
    def on(cls, server: LocalServer, folder: Path, region: str = REGION) -> Deployment:
        bundles: dict[Address, Bundle] = {}
        clock = ServerClock(server.url)
        cloud = open_provider(region, credentials=PAIR, endpoint=server.url, clock=clock)
        cloud.provide_code(bundles)
        return cls(server, folder, bundles, cloud, clock)

    def pack(self, function: Address, source: str = SOURCE) -> Bundle:
        content = archive(source)
        path = self.folder / f"{function.function}.zip"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        self.bundles[function] = Bundle(function, digest, digest, len(content), 1, path=str(path))
        return self.bundles[function]

    def apply(self, *changes: Change) -> list[Outcome]:
        plan = Plan(ProjectKey(OWNER.app, OWNER.stage, REGION), changes)
        return list(run(plan, self.cloud.writer, listener=lambda _: None, clock=self.clock))

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


def client_of(url: str, *, policy: RetryPolicy | None = None, clock: Clock | None = None, pool_size: int = 4) -> Client:
    """The bare client of the provider."""
    return Client(
        REGION,
        credentials=PAIR,
        endpoint=Endpoint.parse(url),
        clock=clock or ServerClock(url),
        random=lambda: 0.5,
        policy=policy or RetryPolicy(),
        pool_size=pool_size,
    )


def differs(*paths: str) -> tuple[FieldChange, ...]:
    """Changes that name only what differs."""
    return tuple(FieldChange(path, None, "") for path in paths)
