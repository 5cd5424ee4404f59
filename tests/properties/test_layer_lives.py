"""Whatever happens to a layer: a version for each difference, none in use lost, none foreign touched."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scfdeploy.emulator import Server, Settings
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud, zip_text
from tests.support.local_server import LocalServer
from tests.support.sampling import sample_size

OTHERS = {"LayerName": "theirs", "CompatibleRuntimes": ["Python3.10"], "Content": {"ZipFile": zip_text({"a": "b"})}}
NEWEST, NONE = "newest", "none"


@dataclass(frozen=True)
class Wish:
    """One state of the files. `mounts` is `newest`, `none` or the number of a version counted from the newest."""

    content: int
    description: str | None
    runtimes: tuple[str, ...]
    mounts: str
    keep: int | None

    def differs_from(self, before: Wish) -> set[str]:
        """The keys that say something else of the layer than `before`, in which nothing is left out."""
        pairs = {
            "src": (self.content, before.content),
            "description": ((self.description or "").strip(), (before.description or "").strip()),
            "runtimes": (set(self.runtimes), set(before.runtimes)),
        }
        return {key for key, (mine, theirs) in pairs.items() if mine != theirs}


WISHES = st.builds(
    Wish,
    st.integers(1, 2),
    st.sampled_from([None, "", "One", "One, two.", "scfdeploy: not a mark", "  blanks  "]),
    st.sampled_from([("Python3.10",), ("Python3.10", "Python3.9"), ("Python3.9", "Python3.10")]),
    st.sampled_from([NEWEST, NEWEST, NONE, "pinned"]),
    st.sampled_from([None, None, 1, 2]),
)


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalServer]:
    with Server(settings=Settings(activation_s=0.0)) as server:
        yield LocalServer(server.url)


def write(folder: Path, wish: Wish, pinned: int) -> None:
    """The two files, with what the wish says; `pinned` is a version that exists."""
    output = "${output:${stage}:${app}:base.version}"
    layer = {"name": "ours", "src": "./src", "runtimes": list(wish.runtimes)}
    if wish.description is not None:
        layer["description"] = wish.description
    version = {NEWEST: output, "pinned": pinned}.get(wish.mounts)
    function = {
        "name": "api",
        "src": "./src",
        "runtime": "Python3.10",
        "handler": "index.main",
        "layers": [] if version is None else [{"name": "ours", "version": version}],
    }
    code = {"base": f"CONTENT = {wish.content}\n", "api": "def main(event, context):\n    return event\n"}
    for name, component, inputs in (("base", "layer", layer), ("api", "scf", function)):
        (folder / name / "src").mkdir(parents=True, exist_ok=True)
        (folder / name / "src" / "index.py").write_text(code[name])
        document = {"component": component, "name": name, "app": "shop", "inputs": inputs}
        (folder / name / "serverless.yml").write_text(json.dumps(document))


def run(command: str, folder: Path, wish: Wish, cloud: LocalServer, *options: str) -> Ran:
    keep = ["--keep", str(wish.keep)] if wish.keep and command != "destroy" else []
    ran = scfdeploy(command, folder, *keep, *options, "--format", "json", env=cloud.env)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    return ran


def changed(folder: Path, wish: Wish, cloud: LocalServer) -> dict[str, set[str]]:
    """What would change, by address."""
    changes = run("plan", folder, wish, cloud).document["changes"]
    return {
        change["address"]: {field["path"] for field in change["fields"]}
        for change in changes
        if change["action"] != "no-op"
    }


def versions(cloud: LocalServer, name: str) -> list[int]:
    rows: list[dict[str, Any]] = Cloud(cloud.url).call("ListLayerVersions", LayerName=name)["LayerVersions"]
    return sorted(row["LayerVersion"] for row in rows)


@settings(max_examples=sample_size(6), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WISHES, min_size=3, max_size=3))
def test_published_followed_kept_and_destroyed(cloud: LocalServer, wishes: list[Wish]) -> None:
    cloud.control("reset", {})
    Cloud(cloud.url).call("PublishLayerVersion", **OTHERS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        newest = 0
        before = replace(wishes[0], content=0, description="")
        for number, asked in enumerate(wishes):
            wish = asked if number else replace(asked, mounts=NEWEST)  # there is nothing to pin yet
            pinned = min(versions(cloud, "ours"), default=0)
            write(folder, wish, pinned)
            if wish.description is None:
                wish = replace(wish, description=before.description)
            differing = wish.differs_from(before)
            planned = changed(folder, wish, cloud).get("layer/ours", set())
            if number:
                assert planned == (differing | {"version"} if differing else set())
            run("apply", folder, wish, cloud, "--yes")
            newest += bool(differing)
            assert changed(folder, wish, cloud) == {}

            there = versions(cloud, "ours")
            mounted = {NEWEST: newest, NONE: None}.get(wish.mounts, pinned)
            shown = Cloud(cloud.url).call("GetFunction", FunctionName="api")["Layers"]
            assert [layer["LayerVersion"] for layer in shown] == ([] if mounted is None else [mounted])
            assert {newest, *(layer["LayerVersion"] for layer in shown)} <= set(there)
            assert wish.keep is None or len(there) <= wish.keep + 1
            before = wish

        run("destroy", folder, wishes[-1], cloud, "--yes")
        assert versions(cloud, "ours") == []
        assert versions(cloud, "theirs") == [1]
        assert not {"function", "version", "trigger", "tags"} & cloud.control("state").keys()
