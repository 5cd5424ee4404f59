"""The calls of commands: two per unchanged function, also with a damaged cache, and every call for one function."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.emulator import Cloud, zip_text
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project

COUNT = 8


@pytest.fixture
def project(cloud: LocalServer, tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    for number in range(COUNT):
        write_project(folder / f"f{number}", TIMER, name=f"f{number}")
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    return folder


def calls_of_plan(cloud: LocalServer, project: Path, *, expected: int = 0) -> Counter[str]:
    before = Counter(cloud.calls())
    ran = scfdeploy("plan", project, "--detailed-exitcode", env=cloud.env)
    assert ran.exit_code == expected, ran.stdout + ran.stderr
    return Counter(cloud.calls()) - before


UNCHANGED = Counter({"ListFunctions": 1, "GetFunction": COUNT, "ListTriggers": COUNT})


def test_plan_after_apply_makes_two_calls_per_function(cloud: LocalServer, project: Path) -> None:
    assert calls_of_plan(cloud, project) == UNCHANGED


def test_plan_without_cache_downloads_code_once(cloud: LocalServer, project: Path) -> None:
    shutil.rmtree(project / ".scfdeploy")
    assert calls_of_plan(cloud, project) == UNCHANGED + Counter(GetFunctionAddress=COUNT)
    assert calls_of_plan(cloud, project) == UNCHANGED


def test_code_is_downloaded_once_after_settings_change(cloud: LocalServer, project: Path) -> None:
    write_project(project / "f0", f"  memorySize: 256\n{TIMER}", name="f0")
    assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0
    cloud.control("clock", {"advance_s": 5})
    write_project(project / "f0", f"  memorySize: 512\n{TIMER}", name="f0")
    assert scfdeploy("apply", project, "--yes", env=cloud.env).exit_code == 0
    assert calls_of_plan(cloud, project) == UNCHANGED + Counter(GetFunctionAddress=1)
    assert calls_of_plan(cloud, project) == UNCHANGED


def test_foreign_code_is_detected(cloud: LocalServer, project: Path) -> None:
    calls_of_plan(cloud, project)
    cloud.control("clock", {"advance_s": 5})
    files = {"index.py": "def main_handler(event, context):\n    return 'other'\n"}
    Cloud(cloud.url).call(
        "UpdateFunctionCode", FunctionName="f3", Handler="index.main_handler", ZipFile=zip_text(files)
    )
    # The second is the look at the small archive itself.
    assert calls_of_plan(cloud, project, expected=4) == UNCHANGED + Counter(GetFunctionAddress=2)
    assert calls_of_plan(cloud, project, expected=4)["GetFunction"] == COUNT


def test_function_recreated_by_another_writer_is_a_different_one(cloud: LocalServer, project: Path) -> None:
    console = Cloud(cloud.url)
    tags = console.call("GetFunction", FunctionName="f3")["Tags"]
    console.call("DeleteFunction", FunctionName="f3")
    console.create("f3", Handler="index.main_handler", Tags=tags)
    assert calls_of_plan(cloud, project, expected=4)["GetFunctionAddress"] >= 1


def test_image_function_downloads_no_code(cloud: LocalServer, tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: web\napp: shop\ninputs:\n  name: web\n  type: web\n"
        "  image: {imageUrl: 'ccr.ccs.tencentyun.com/shop/api:1'}\n"
    )
    assert scfdeploy("apply", tmp_path, "--yes", env=cloud.env).exit_code == 0
    assert "GetFunctionAddress" not in calls_of_plan(cloud, tmp_path)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\t\t", b"lam-1\tx\n", b"a\tb\tc\td\n" * 3, b"a\tb\t" + b"9" * 5000 + b"\td"]
)
def test_damaged_cache_only_adds_calls(cloud: LocalServer, project: Path, content: bytes) -> None:
    for kind in ("deployed", "sent"):
        [notes] = (project / ".scfdeploy" / "cache").glob(f"{kind}-*")
        notes.write_bytes(content)
    assert calls_of_plan(cloud, project) == UNCHANGED + Counter(GetFunctionAddress=COUNT)


@pytest.fixture
def one(cloud: LocalServer, tmp_path: Path) -> Path:
    """A deployed function with a timer."""
    folder = write_project(tmp_path / "one", TIMER)
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    return folder


def calls_of(cloud: LocalServer, *arguments: str | Path) -> list[str]:
    before = len(cloud.calls())
    ran = scfdeploy(*map(str, arguments), env=cloud.env)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    return cloud.calls()[before:]


READS = ["GetFunction", "ListFunctions", "ListTriggers"]
"""Of a plan: they start together, so their order varies."""


def test_calls_of_first_apply(cloud: LocalServer, tmp_path: Path) -> None:
    made = calls_of(cloud, "apply", write_project(tmp_path / "one", TIMER), "--yes")
    assert sorted(made[:3]) == ["GetAccount", "GetFunction", "ListFunctions"]
    assert made[3:] == ["CreateFunction", "GetFunction", "CreateTrigger"]


def test_calls_of_unchanged_plan(cloud: LocalServer, one: Path) -> None:
    assert sorted(calls_of(cloud, "plan", one)) == READS
    assert sorted(calls_of(cloud, "apply", one, "--yes")) == READS


def test_calls_of_changed_settings(cloud: LocalServer, one: Path) -> None:
    write_project(one, f"  memorySize: 256\n{TIMER}")
    made = calls_of(cloud, "apply", one, "--yes")
    assert sorted(made[:3]) == READS
    # The second read is the check for conflicts, the third shows that the change is complete.
    assert made[3:] == ["GetFunction", "UpdateFunctionConfiguration", "GetFunction"]


def test_calls_of_changed_code(cloud: LocalServer, one: Path) -> None:
    (one / "src" / "index.py").write_text("def main_handler(event, context):\n    return 'other'\n")
    made = calls_of(cloud, "apply", one, "--yes")
    assert sorted(made[:3]) == READS
    assert made[3:] == ["GetFunction", "UpdateFunctionCode", "GetFunction"]


def test_small_code_of_others_is_downloaded_before_it_is_replaced(cloud: LocalServer, one: Path) -> None:
    cloud.control("clock", {"advance_s": 5})
    files = {"index.py": "def main_handler(event, context):\n    return 'theirs'\n"}
    Cloud(cloud.url).call(
        "UpdateFunctionCode", FunctionName="hello", Handler="index.main_handler", ZipFile=zip_text(files)
    )
    # The first shows its hash, the second its address: equal code can be compressed in another way.
    assert Counter(calls_of(cloud, "apply", one, "--yes"))["GetFunctionAddress"] == 2


def test_calls_of_destroy(cloud: LocalServer, one: Path) -> None:
    made = calls_of(cloud, "destroy", one, "--yes")
    assert sorted(made[:-3]) == [
        "ListCustomDomains",
        "ListFunctions",
        "ListLayers",
        "ListNamespaces",
        "ListTriggers",
    ]
    # The check that it is still this project's, and the end of the deletion.
    assert made[-3:] == ["GetFunction", "DeleteFunction", "GetFunction"]


def test_calls_of_destroy_without_functions(cloud: LocalServer, one: Path) -> None:
    calls_of(cloud, "destroy", one, "--yes")
    made = Counter(calls_of(cloud, "destroy", one, "--yes"))
    assert made == Counter(
        ["GetFunction", "ListCustomDomains", "ListFunctions", "ListLayers", "ListNamespaces", "ListTriggers"]
    )
