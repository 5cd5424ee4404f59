"""Whatever a file asks for: once applied there is nothing to do, one change is seen alone, destroy leaves nothing.

Files are generated over every setting of a function and go through the command line to a local server.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scfdeploy.emulator import Server, Settings
from scfdeploy.model import FUNCTION_FIELDS, UpdateMode
from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.sampling import sample_size

IMAGE = "ccr.ccs.tencentyun.com/shop/api"
LOGS = {"logsetId": "aaaaaaaa-1111-2222-3333-444444444444", "topicId": "bbbbbbbb-1111-2222-3333-444444444444"}
MOUNT = {"cfsId": "cfs-1", "localMountDir": "/mnt/a", "remoteMountDir": "/"}
NOTHING: Any = None

# The values of each setting; the first is what the platform does without it, NOTHING where that cannot be written.
ANY: dict[str, list[Any]] = {
    "description": ["", "one", "two words"],
    "memorySize": [128, 64, "256"],
    "timeout": [3, 10],
    "initTimeout": [NOTHING, 30, 60],
    "environment": [{"variables": {}}, {"variables": {"A": "1", "B": "yes"}}, {"variables": {"API_KEY": "0123"}}],
    "role": [NOTHING, "role_one", "role_two"],
    "vpcConfig": [
        NOTHING,
        {"vpcId": "vpc-aaaaaaaa", "subnetId": "subnet-aaaaaaaa"},
        {"vpcId": "vpc-bbbbbbbb", "subnetId": "subnet-bbbbbbbb"},
    ],
    "layers": [[], [{"name": "base", "version": 1}], [{"name": "more", "version": 2}, {"name": "base", "version": 1}]],
    "deadLetter": [{}, {"type": "CMQ-QUEUE", "name": "failed"}, {"type": "topic", "name": "failed"}],
    "tags": [{}, {"team": "blue"}, {"team": "red", "cost": ""}],
    "diskSize": [512, 1024, 2048],
    "l5Enable": [False, True],
    "cfs": [[], [MOUNT], [{**MOUNT, "localMountDir": "/mnt/b", "userId": 0}, MOUNT]],
    "intranetConfig": [{"ipFixed": False}, {"ipFixed": True}],
    "ignoreSysLog": [False, True],
    "installDependency": [False, True],
}
EVENT: dict[str, list[Any]] = {
    "dnsCache": [False, True],
    "msgTTL": [21600, 60, 3600],
    "retryNum": [2, 0, 1],
}
WEB: dict[str, list[Any]] = {
    "protocolParams": [{}, {"wsParams": {"idleTimeOut": 20}}, {"wsParams": {"idleTimeOut": 1800}}],
    "instanceConcurrencyConfig": [{"enable": False}, {"maxConcurrency": 5}, {"enable": True, "dynamicEnabled": True}],
}
CODE: dict[str, list[Any]] = {"runtime": [NOTHING, "Python3.9", "Python3.10"]}
# What must be written from the start, and what else it allows.
ENTRY: dict[str, list[Any]] = {"handler": [NOTHING, "index.main_handler", "index.other"]}
PICTURE: dict[str, list[Any]] = {
    "image": [
        NOTHING,
        {"imageUrl": f"{IMAGE}:1"},
        {"imageUrl": f"{IMAGE}:2", "args": "-u app.py"},
        {"imageUrl": f"{IMAGE}:1@sha256:{'ab' * 32}", "registryId": "tcr-1", "imagePort": -1},
        {"imageUrl": f"{IMAGE}:2", "command": "python", "containerImageAccelerate": True},
    ],
    "nodeType": ["CPU", "GPU"],
    "nodeSpec": [NOTHING, "GN7.LARGE20", "GN7.2XLARGE32"],
}
NETWORK: list[dict[str, list[Any]]] = [{}, {"publicAccess": [True, False]}, {"eip": [False, True]}]
LONG: list[dict[str, list[Any]]] = [
    {"cls": [{}, LOGS, {**LOGS, "topicId": "cccccccc-1111-2222-3333-444444444444"}]},
    {"traceEnable": [False, True]},
]
# Of a function whose first version there is: what becomes of its versions, and what else has to be written for that.
RELEASE: list[tuple[dict[str, Any], dict[str, list[Any]]]] = [
    ({}, {}),
    ({}, {"publish": [False, True]}),
    ({}, {"reservedConcurrencyMem": [-1, 1280, 2560]}),
    ({"publish": True, "publishDescription": "of a test"}, {"traffic": [1, 0.75, 0]}),
    ({"publish": True, "aliasName": "prod"}, {"aliasDescription": ["", "one", "two"]}),
    (
        {"publish": True, "aliasName": "prod", "aliasFunctionVersion": "$LATEST"},
        {
            "additionalVersionWeights": [
                [],
                [{"version": 1, "weight": 0.1}],
                [{"version": "1", "weight": 0.5}],
            ]
        },
    ),
    ({"publish": True, "aliasName": "prod"}, {"aliasFunctionVersion": [NOTHING, "$LATEST", 1]}),
    ({"reservedConcurrencyMem": 12800}, {"provisionedNum": [0, 1, 2]}),
    ({"publish": True, "qualifier": "1"}, {"provisionedNum": [0, 1, 2]}),
]
APART = {"type", "asyncRunEnable", "protocolType", "deployMode", "protect", "customDomains"}
BESIDE_A_VERSION = {"qualifier", "aliasName", "publishDescription", "lastVersion"}
"""Settings that decide which others there are, repeat what they say, refuse a change of others, or are resources."""


@dataclass(frozen=True)
class Wish:
    """The `inputs` of a file, the setting that is changed, and what to."""

    inputs: Mapping[str, Any]
    changed: str
    value: Any


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    web, image, long = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    values = {**ANY, **draw(st.sampled_from(NETWORK)), **(WEB if web else EVENT)}
    fixed: dict[str, Any] = {"type": "web" if web else "event"}
    needed = ["role", "vpcConfig"]
    if web and draw(st.booleans()):
        fixed["protocolType"] = "WS"
    elif web:
        del values["protocolParams"]
    if long and not web:
        fixed |= {"asyncRunEnable": True, "cls": LOGS}
        values |= LONG[1]
    else:
        values |= LONG[0]
    more, release = draw(st.sampled_from(RELEASE))
    fixed |= more
    values |= release
    needed += {"aliasFunctionVersion"} & release.keys()
    if image:
        values |= PICTURE
        needed.append("image")
        fixed |= draw(st.sampled_from([{}, {"deployMode": "image"}]))
    else:
        values |= CODE if web else {**CODE, **ENTRY}
        needed += ["runtime"] if web else ["runtime", "handler"]
        fixed["src"] = "./src"
    written = draw(st.sets(st.sampled_from(sorted(values)))) | set(needed)
    inputs = fixed | {name: draw(st.sampled_from(_some(values[name]))) for name in sorted(written)}
    changed = draw(st.sampled_from(sorted(values)))
    before = inputs.get(changed, values[changed][0])
    return Wish(inputs, changed, draw(st.sampled_from([value for value in _some(values[changed]) if value != before])))


def _some(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not NOTHING]


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalServer]:
    with Server(settings=Settings(activation_s=0.0, disk_max_mb=4096)) as server:
        yield LocalServer(server.url)


def write(folder: Path, files: Sequence[Mapping[str, Any]]) -> Path:
    """A folder for each file, the function in it called after its number."""
    for number, inputs in enumerate(files):
        own = folder / f"f{number}"
        (own / "src").mkdir(parents=True, exist_ok=True)
        (own / "src" / "index.py").write_text("def main_handler(event, context):\n    return event\n\n\nother = 1\n")
        (own / "src" / "scf_bootstrap").write_text("#!/bin/sh\n")
        (own / "src" / "scf_bootstrap").chmod(0o755)
        document = {"component": "scf", "name": own.name, "app": "shop", "inputs": {"name": own.name, **inputs}}
        (own / "serverless.yml").write_text(json.dumps(document, indent=2))
    return folder


def changes(folder: Path, server: LocalServer) -> dict[str, set[str]]:
    """The settings that differ, by the function; of one that is replaced only those of the function itself."""
    planned = scfdeploy("plan", folder, "--format", "json", env=server.env)
    assert planned.exit_code == 0, planned.stdout
    found: dict[str, set[str]] = {}
    replaced = {_function(change) for change in planned.document["changes"] if change["action"] == "replace"}
    for change in planned.document["changes"]:
        is_own = change["address"].startswith("function/")
        if change["action"] != "no-op" and (is_own or _function(change) not in replaced):
            fields = {field["path"].partition(".")[0] for field in change["fields"] if not _follows(field, change)}
            if not fields:
                continue
            found[_function(change)] = found.get(_function(change), set()) | fields
    return found


def _follows(field: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    """Whether a difference is only what publishing another version brings with it."""
    is_moved = change["action"] == "delete" and "takes its place" in change["reason"]
    is_unknown = isinstance(field["after"], Mapping) and "unknown" in field["after"]
    return is_moved or (is_unknown and field["path"] != "publish")


def _function(change: Mapping[str, Any]) -> str:
    name: str = change["address"].split("/")[2]
    return name


def apply(folder: Path, server: LocalServer) -> None:
    applied = scfdeploy("apply", folder, "--yes", env=server.env)
    assert applied.exit_code == 0, applied.stderr + applied.stdout


def write_foreign(folder: Path, server: LocalServer) -> object:
    """Deploy a function of another app beside ours; gives what is in the cloud then."""
    (folder / "index.py").write_text("def main_handler(event, context):\n    return event\n")
    timer = {"timer": {"parameters": {"name": "nightly", "cronExpression": "0 0 2 * * * *", "enable": True}}}
    inputs = {"name": "theirs", "runtime": "Python3.10", "handler": "index.main_handler", "src": "./"}
    document = {"component": "scf", "name": "theirs", "app": "bank", "inputs": {**inputs, "events": [timer]}}
    (folder / "serverless.yml").write_text(json.dumps(document))
    apply(folder, server)
    return resources(server)


def resources(server: LocalServer) -> dict[str, object]:
    """What the server has, without dead letter queues: they belong to another product and stay."""
    return {kind: documents for kind, documents in server.control("state").items() if kind != "queue"}


def imported_changes(server: LocalServer, count: int) -> dict[str, set[str]]:
    """What a plan of the same functions, imported into an empty folder, would change."""
    with tempfile.TemporaryDirectory() as place:
        names = [f"f{number}" for number in range(count)]
        imported = scfdeploy("import", *names, "--code", "--out", place, env=server.env)
        assert imported.exit_code == 0, imported.stderr
        return changes(Path(place), server)


# Several functions share the waits of one apply; an account has no more accelerated images than these could be.
@settings(max_examples=sample_size(8), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(wishes(), min_size=5, max_size=5))
def test_applied_changed_and_destroyed(cloud: LocalServer, wanted: list[Wish]) -> None:
    cloud.control("reset", {})
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as elsewhere:
        foreign = write_foreign(Path(elsewhere), cloud)
        folder = write(Path(place), [wish.inputs for wish in wanted])
        apply(folder, cloud)
        assert changes(folder, cloud) == {}
        assert imported_changes(cloud, len(wanted)) == {}

        write(folder, [{**wish.inputs, wish.changed: wish.value} for wish in wanted])
        found = changes(folder, cloud)
        for number, wish in enumerate(wanted):
            # A version that is published because something else changed comes with that.
            shown = found.get(f"f{number}", set()) - ({"publish"} - {wish.changed})
            assert shown == (set() if (wish.changed, wish.value) == ("publish", False) else {wish.changed})
        apply(folder, cloud)
        assert changes(folder, cloud) == {}

        destroyed = scfdeploy("destroy", folder, "--yes", env=cloud.env)
        assert destroyed.exit_code == 0, destroyed.stderr
        assert resources(cloud) == foreign


def test_every_setting_is_among_those_that_are_generated() -> None:
    groups = [ANY, EVENT, WEB, CODE, ENTRY, PICTURE, *NETWORK, *LONG, *(values for _, values in RELEASE)]
    generated = {name for group in groups for name in group} | APART | BESIDE_A_VERSION
    carries = set(UpdateMode) - {UpdateMode.IDENTITY, UpdateMode.PACKAGE, UpdateMode.TRIGGER, UpdateMode.TOOL}

    assert {field.name for field in FUNCTION_FIELDS if field.update_mode in carries and field.supported} == generated
