"""The lists of what pipelines install: they say what uv.lock says, each file with its hash."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LISTS = {
    "scfdeploy/scaffold/requirements/runtime.txt": None,
    "scfdeploy/scaffold/requirements/build.txt": "build",
    ".ci/uv.txt": "ci",
}
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)", re.MULTILINE)


def pins(path: str) -> dict[str, tuple[str, set[str]]]:
    """By its name, the version and the hashes of each package in a list."""
    text = (ROOT / path).read_text("utf-8")
    found = {name: (version, set(re.findall(r"[0-9a-f]{64}", hashes))) for name, version, hashes in PIN.findall(text)}
    assert len(found) == sum("==" in line for line in text.splitlines() if not line.startswith("#"))
    return found


@pytest.fixture(scope="module")
def lock() -> dict[str, dict[str, object]]:
    with (ROOT / "uv.lock").open("rb") as file:
        return {one["name"]: one for one in tomllib.load(file)["package"]}


def needed(lock: dict[str, dict[str, object]], group: str | None) -> set[str]:
    """The names of all that scfdeploy needs, or one of its groups, directly or not."""
    own = lock["scfdeploy"]
    waiting = list(own["dependencies"] if group is None else own["dev-dependencies"][group])  # type: ignore[index, call-overload]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()["name"]
        if name not in found:
            found.add(name)
            waiting += lock[name].get("dependencies", ())  # type: ignore[arg-type]
    return found


def hashes(entry: dict[str, object]) -> Iterator[str]:
    for file in (*entry.get("wheels", ()), entry.get("sdist", {})):  # type: ignore[misc]
        if "hash" in file:
            yield file["hash"].removeprefix("sha256:")


@pytest.mark.parametrize(("path", "group"), LISTS.items())
def test_requirement_list_matches_lock(lock: dict[str, dict[str, object]], path: str, group: str | None) -> None:
    found = pins(path)
    assert set(found) == needed(lock, group)
    assert found == {name: (lock[name]["version"], set(hashes(lock[name]))) for name in found}


def test_requirement_lists_agree() -> None:
    runtime, build, _ = map(pins, LISTS)
    assert {name: runtime[name] for name in runtime.keys() & build} == {
        name: build[name] for name in runtime.keys() & build
    }


def test_lock_matches_declared_dependencies(lock: dict[str, dict[str, object]]) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    declared = {
        re.sub(r"[._]+", "-", re.split(r"[<>=!~ ;\[]", one, maxsplit=1)[0].lower()) for one in project["dependencies"]
    }
    assert {one["name"] for one in lock["scfdeploy"]["dependencies"]} == declared  # type: ignore[index, union-attr]


# The platforms of whoever runs scfdeploy: laptops, pipelines, and images with glibc or musl.
PLATFORMS = ("manylinux*_x86_64", "manylinux*_aarch64", "musllinux*_x86_64", "macosx*_arm64")
PYTHONS = ("311", "312", "313", "314")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_everything_that_scfdeploy_needs_has_a_wheel(
    lock: dict[str, dict[str, object]], python: str, platform: str
) -> None:
    """Pipelines, the action and the image install wheels alone: nothing runs code while it is installed."""
    missing = [
        name for name in needed(lock, None) if not any(fits(wheel, python, platform) for wheel in wheels(lock[name]))
    ]

    assert missing == []


def wheels(entry: dict[str, object]) -> list[str]:
    return [file["url"].rpartition("/")[2] for file in entry.get("wheels", ())]  # type: ignore[attr-defined]


def fits(wheel: str, python: str, platform: str) -> bool:
    interpreter, abi, tags = wheel.removesuffix(".whl").split("-")[-3:]
    if interpreter in ("py3", "py2.py3"):
        is_python = True
    elif abi == "abi3":
        is_python = int(interpreter.removeprefix("cp")) <= int(python)
    else:
        is_python = (interpreter, abi) == (f"cp{python}", f"cp{python}")
    system, _, machine = platform.partition("*_")
    return is_python and any(
        tag == "any" or (tag.startswith(system) and tag.endswith(machine)) for tag in tags.split(".")
    )
