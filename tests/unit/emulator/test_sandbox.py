"""Isolation of functions: read-only code, a private /tmp, the paths of the platform, interpreters and memory."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings, runtime
from scfdeploy.emulator.runtime.interpreters import Interpreters, own_python
from tests.support.emulator import ApiError, Cloud, running, zip_text
from tests.support.isolation import needs_namespaces

SOURCE = """
import hashlib, json, os, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))

def main(event, context):
    action = event.get("do")
    if action == "write":
        open(os.path.join(HERE, "state.txt"), "w").write("x")
    if action == "append":
        with open(os.path.join(HERE, "index.py"), "a") as file:
            file.write("#")
    if action == "fill":
        with open(os.path.join(tempfile.gettempdir(), "big"), "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 600 << 20)
    if action == "hash":
        return hashlib.sha256(open(os.path.join(HERE, "index.py"), "rb").read()).hexdigest()
    if action == "grow":
        kept = []
        while True:
            kept.append(b"x" * (1 << 20))
            time.sleep(0.001)
    if action == "child":
        code = "import time\\nkept = []\\nwhile True:\\n    kept.append(b'x' * (1 << 20)); time.sleep(0.001)"
        subprocess.run([sys.executable, "-S", "-c", code])
    if action == "raise":
        raise ValueError(HERE)
    temporary = tempfile.gettempdir()
    left = os.listdir(temporary)
    open(os.path.join(temporary, "state"), "w").close()
    return {"tmp": temporary, "left": left, "here": sorted(os.listdir(HERE)), "cwd": os.getcwd(), "path": sys.path,
            "opt": sorted(os.listdir("/opt")) if os.path.isdir("/opt") else [], "version": list(sys.version_info[:2])}
"""


ISOLATIONS = ["copy", pytest.param("namespace", marks=needs_namespaces)]


@pytest.fixture(params=ISOLATIONS)
def isolation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sandboxed(isolation: str) -> Iterator[Cloud]:
    with running(isolation=isolation) as cloud:
        cloud.create(files={"index.py": SOURCE})
        yield cloud


@pytest.fixture
def namespaced() -> Iterator[Cloud]:
    with running(isolation="namespace") as cloud:
        cloud.create(files={"index.py": SOURCE})
        yield cloud


def invoke(cloud: Cloud, action: str = "") -> dict[str, Any]:
    event = json.dumps({"do": action})
    result: dict[str, Any] = cloud.call("InvokeFunction", FunctionName="hello", Event=event, LogType="Tail")["Result"]
    return result


def returned(cloud: Cloud, action: str = "") -> Any:
    result = invoke(cloud, action)
    assert result["InvokeResult"] == 0, result
    return json.loads(result["RetMsg"])


def error(cloud: Cloud, action: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(invoke(cloud, action)["ErrMsg"])
    return found


def new_instance(cloud: Cloud) -> None:
    """Let the next call run in a new instance."""
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Description="another")


@needs_namespaces
@pytest.mark.parametrize("action", ["write", "append"])
def test_w1_writing_beside_the_code_fails_in_every_call(namespaced: Cloud, action: str) -> None:
    for _ in range(2):
        found = error(namespaced, action)
        assert (found["statusCode"], found["errorType"]) == (430, "OSError")
        assert found["errorMessage"].startswith("[Errno 30] Read-only file system: '/var/user/")


def test_w2_new_instance_has_no_file_of_the_previous_one(sandboxed: Cloud) -> None:
    invoke(sandboxed, "write")
    new_instance(sandboxed)
    assert returned(sandboxed)["here"] == ["index.py"]


def test_w3_code_is_unchanged_after_a_call_that_appends_to_it(sandboxed: Cloud) -> None:
    assert error(sandboxed, "append")["statusCode"] == 430
    assert returned(sandboxed, "hash") == hashlib.sha256(SOURCE.encode()).hexdigest()


def test_w4_new_instance_has_empty_tmp(sandboxed: Cloud) -> None:
    assert returned(sandboxed)["left"] == []
    assert returned(sandboxed)["left"] == ["state"]
    new_instance(sandboxed)
    assert returned(sandboxed)["left"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write to read-only files")
def test_copy_reports_that_root_wrote_to_the_code() -> None:
    with running(isolation="copy") as cloud:
        cloud.create(files={"index.py": SOURCE})
        for action in ("write", "append"):
            found = error(cloud, action)
            assert found["statusCode"] == 430
            assert found["errorMessage"] == "The function wrote to /var/user, which is read-only in the cloud"


@needs_namespaces
def test_namespace_has_paths_of_platform(namespaced: Cloud) -> None:
    result = returned(namespaced)
    assert (result["cwd"], result["tmp"], result["opt"]) == ("/var/user", "/tmp", [])
    assert result["path"][:2] == ["/var/user", "/opt"]


@needs_namespaces
def test_namespace_has_layers_below_opt() -> None:
    with running(isolation="namespace") as cloud:
        layer = {"ZipFile": zip_text({"colours.py": "RED = 1", "data/x": ""})}
        cloud.call("PublishLayerVersion", LayerName="colours", CompatibleRuntimes=["Python3.10"], Content=layer)
        layers = [{"LayerName": "colours", "LayerVersion": 1}]
        source = (
            "import os, colours\ndef main(event, context):\n    return [colours.__file__, sorted(os.listdir('/opt'))]"
        )
        cloud.create(files={"index.py": source}, Layers=layers)
        assert returned(cloud) == ["/opt/colours.py", ["colours.py", "data"]]


@needs_namespaces
def test_tmp_has_disk_size(namespaced: Cloud) -> None:
    found = error(namespaced, "fill")
    assert (found["statusCode"], found["errorType"]) == (430, "OSError")
    assert "No space left on device" in found["errorMessage"]


def test_trace_has_paths_of_platform(sandboxed: Cloud) -> None:
    result = invoke(sandboxed, "raise")
    trace = json.loads(result["ErrMsg"])["stackTrace"]
    assert 'File "/var/user/index.py"' in trace
    assert 'File "/var/user/index.py"' in result["Log"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
@pytest.mark.parametrize("action", ["grow", "child"])
def test_memory_limit_ends_the_function(sandboxed: Cloud, action: str) -> None:
    sandboxed.call("UpdateFunctionConfiguration", FunctionName="hello", MemorySize=64, Timeout=60)
    found = error(sandboxed, action)
    assert (found["statusCode"], found["errorMessage"]) == (434, "the function used more than its 64 MB")
    assert returned(sandboxed)["left"] == []


def test_instance_files_are_removed_with_the_instance() -> None:
    with running(isolation="copy") as cloud:
        cloud.create(files={"index.py": SOURCE})
        first = Path(returned(cloud)["tmp"])
        new_instance(cloud)
        second = Path(returned(cloud)["tmp"])
        assert not first.exists()
        assert second.exists()
    assert not second.exists()


def test_instance_that_cannot_be_started_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with running(isolation="copy", interpreters="python3.10=/nonexistent/python") as cloud:
        cloud.create()
        with pytest.raises(ApiError, match=r"could not be started: .*'/nonexistent/python'"):
            invoke(cloud, "")
        assert list(tmp_path.glob("*/instances")) != []
        assert list(tmp_path.glob("*/instances/*")) == []


def test_isolation_can_be_changed_while_the_server_runs(cloud: Cloud) -> None:
    cloud.create(files={"index.py": SOURCE})
    returned(cloud)
    cloud.control("settings", {"isolation": "copy"})
    assert returned(cloud)["cwd"] != "/var/user"
    status, _, body = cloud.send("POST", "/_emulator/settings", b'{"isolation": "none"}')
    assert (status, b"auto, namespace, copy" in body) == (400, True)


def _runtime_subscripts(node: ast.AST) -> list[int]:
    """The lines of types such as `dict[str, int]` that are evaluated when the code runs."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return [line for child in node.orelse for line in _runtime_subscripts(child)]
    found = [node.lineno] if isinstance(node, ast.Subscript) and _is_builtin_type(node.value) else []
    for name, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        if name not in ("annotation", "returns"):
            found += [n for child in children if isinstance(child, ast.AST) for n in _runtime_subscripts(child)]
    return found


def _is_builtin_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("dict", "list", "set", "tuple", "type", "frozenset")


def test_bootstrap_of_python_functions_runs_on_python_3_7() -> None:
    tree = ast.parse((Path(runtime.__file__).parent / "bootstrap.py").read_text("utf-8"), feature_version=(3, 7))
    assert _runtime_subscripts(tree) == []


@pytest.mark.parametrize("version", ["3.7", "3.9"])
def test_function_runs_on_its_own_version_of_python(cloud: Cloud, version: str) -> None:
    if Interpreters().python(version).version != version:
        pytest.skip(f"this machine has no Python {version}")
    cloud.create(files={"index.py": SOURCE}, Runtime=f"Python{version}")
    assert returned(cloud)["version"] == [int(part) for part in version.split(".")]


def test_interpreter_of_version_is_used(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "python3.9"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', "utf-8")
    program.chmod(0o755)
    notices: list[str] = []
    settings = Settings(activation_s=0, interpreters=f"Python3.9={program}")
    with Server(settings=settings, on_notice=notices.append) as server:
        cloud = Cloud(server.url)
        cloud.create(files={"index.py": SOURCE}, Runtime="Python3.9")
        returned(cloud)
    assert not [notice for notice in notices if "not found" in notice]


_PLACES = {
    "in /tmp": "/tmp/{}-python",
    "in a folder of /tmp": "/tmp/{}/python",
    "below a folder of /tmp": "/tmp/{}/a/b/python",
    "in /opt": "/opt/{}-python",
    "below a folder of /opt": "/opt/{}/bin/python",
}


@pytest.fixture(params=_PLACES)
def program(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Where a program can be that the instance has another folder for."""
    path = Path(_PLACES[request.param].format(f"scfdeploy-test-{uuid.uuid4().hex}"))
    top = Path(*path.parts[:3])
    if not os.access(top.parent, os.W_OK):
        pytest.skip(f"{top.parent} cannot be written")
    path.parent.mkdir(parents=True, exist_ok=True)
    yield path
    if top.is_dir():
        shutil.rmtree(top)
    else:
        top.unlink(missing_ok=True)


@needs_namespaces
@pytest.mark.parametrize("kind", ["script", "link"])
@pytest.mark.parametrize("has_layer", [False, True])
def test_namespace_finds_interpreter_in_private_folder(program: Path, kind: str, *, has_layer: bool) -> None:
    if kind == "link":
        program.symlink_to(own_python())
    else:
        program.write_text(f'#!/bin/sh\nexec {own_python()} "$@"\n', "utf-8")
        program.chmod(0o755)
    with running(isolation="namespace", interpreters=f"Python3.10={program}") as cloud:
        layers = []
        if has_layer:
            layer = {"ZipFile": zip_text({"colours.py": "RED = 1", "data/x": ""})}
            cloud.call("PublishLayerVersion", LayerName="colours", CompatibleRuntimes=["Python3.10"], Content=layer)
            layers = [{"LayerName": "colours", "LayerVersion": 1}]
        cloud.create(files={"index.py": SOURCE}, Layers=layers)
        result = returned(cloud)
        assert result["cwd"] == "/var/user"
        assert {"colours.py", "data"} <= {*result["opt"], *([] if has_layer else ["colours.py", "data"])}


@needs_namespaces
def test_interpreter_that_a_namespace_cannot_start_is_an_error() -> None:
    with running(isolation="namespace", interpreters="python3.10=/nonexistent/python") as cloud:
        cloud.create()
        words = "could not be started: /nonexistent/python cannot be started in a namespace: No such file or directory"
        with pytest.raises(ApiError, match=words):
            invoke(cloud)


def test_nearest_interpreter_is_named_once_per_function(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    notices: list[str] = []
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    for _ in range(2):
        with Server(tmp_path / "e.db", settings=Settings(activation_s=0), on_notice=notices.append) as server:
            cloud = Cloud(server.url)
            if not notices:
                for name in ("hello", "other"):
                    cloud.create(name, files={"index.py": SOURCE}, Runtime="Python3.7")
            for name in ("hello", "hello", "other"):
                cloud.call("InvokeFunction", FunctionName=name)
    assert sorted(notice for notice in notices if "not found" in notice) == [f"Python 3.7 not found; using {own}."] * 2
    assert len([notice for notice in notices if notice.startswith("Using ")]) == 1


@pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")
def test_node_of_another_major_version_is_named() -> None:
    major = subprocess.run(["node", "-p", "process.versions.node"], capture_output=True, text=True, check=True).stdout
    notices: list[str] = []
    with Server(settings=Settings(activation_s=0), on_notice=notices.append) as server:
        cloud = Cloud(server.url)
        cloud.create(files={"index.js": "exports.main = async () => 1;"}, Runtime="Nodejs6.10")
        assert returned(cloud) == 1
    assert f"Node.js 6 not found; using {major.partition('.')[0]}." in notices
