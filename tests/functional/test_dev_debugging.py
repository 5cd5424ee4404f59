"""`dev --inspect`: each function listens for a debugger on localhost, and stays reachable between calls."""

from __future__ import annotations

import json
import shutil
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.emulator import Debugging, Server, Settings
from scfdeploy.emulator.runtime.loopback import can_guard
from scfdeploy.model import Project
from scfdeploy.operations.dev.debug_ports import DebugPorts
from scfdeploy.results.dev import DebuggerReady, Failure
from tests.support.emulator import Cloud, zip_text
from tests.support.project import write_project

DEBUGPY = """\
import os, socket, threading
def listen(address, in_process_debug_adapter):
    assert in_process_debug_adapter
    server = socket.create_server(address)
    def serve():
        while True:
            connection, _ = server.accept()
            connection.sendall(os.getcwd().encode())
            connection.close()
    threading.Thread(target=serve, daemon=True).start()
"""
"""Stands in for the package: answers every connection with the folder of the code."""

WEB = """\
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(sys.path).encode())
HTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def project_of(root: Path) -> Project:
    project = load_project(str(root), LoadOptions(cwd=str(root))).project
    assert project is not None
    return project


@pytest.fixture
def debugpy(tmp_path: Path) -> str:
    package = tmp_path / "packages" / "debugpy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(DEBUGPY)
    return str(package)


@pytest.mark.parametrize("isolation", ["auto", "copy"])
def test_debugger_reaches_a_python_function_between_calls(debugpy: str, isolation: str) -> None:
    port = free_port()
    debugging = Debugging({"default/orders": port}.get, debugpy)
    settings = Settings(activation_s=0, isolation=isolation)
    with Server(settings=settings, debugging=debugging) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", {"index.py": "import sys\ndef main(event, context):\n    return sys.path\n"}, Timeout=1)
        first = cloud.call("Invoke", FunctionName="orders")["Result"]
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            folder = connection.makefile().read()
        assert folder == server.debug_folder("default/orders")
        code = zip_text({"index.py": "def main(event, context):\n    return 'two'\n"})
        cloud.call("UpdateFunctionCode", FunctionName="orders", ZipFile=code, Handler="index.main")
        second = cloud.call("Invoke", FunctionName="orders")["Result"]
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            assert connection.makefile().read() == folder, "the new code has the same port and the same folder"

    assert not any("packages" in path or "debugger" in path for path in json.loads(first["RetMsg"])), "it is hidden"
    assert second["RetMsg"] == '"two"'


def test_function_works_without_its_debugger(tmp_path: Path) -> None:
    (tmp_path / "debugpy").mkdir()
    (tmp_path / "debugpy" / "__init__.py").write_text("raise ImportError('for another version')")
    debugging = Debugging({"default/orders": free_port()}.get, str(tmp_path / "debugpy"))
    with Server(settings=Settings(activation_s=0), debugging=debugging) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", {"index.py": "def main(event, context):\n    return 1\n"})
        result = cloud.call("Invoke", FunctionName="orders", LogType="Tail")["Result"]

    assert result["RetMsg"] == "1"
    assert "The debugger cannot start: for another version" in result["Log"]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_debugger_reaches_a_node_function_between_calls() -> None:
    port = free_port()
    debugging = Debugging({"default/orders": port}.get)
    with Server(settings=Settings(activation_s=0), debugging=debugging) as server:
        cloud = Cloud(server.url)
        code = {"index.js": "exports.main = async () => 1;\n"}
        cloud.create("orders", code, Runtime="Nodejs18.15", Handler="index.main")
        result = cloud.call("Invoke", FunctionName="orders", LogType="Tail")["Result"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=30) as response:
            targets = json.load(response)

    assert result["RetMsg"] == "1"
    assert "Debugger" not in result["Log"]
    assert targets[0]["webSocketDebuggerUrl"].startswith(f"ws://127.0.0.1:{port}/")


@pytest.mark.skipif(not can_guard(), reason="the system does not let the server choose the ports of programs")
def test_debugger_reaches_a_web_function_between_requests(debugpy: str) -> None:
    port = free_port()
    debugging = Debugging({"default/shop": port}.get, debugpy)
    with Server(settings=Settings(activation_s=0), debugging=debugging) as server:
        cloud = Cloud(server.url)
        start = "#!/bin/bash\nexec /var/lang/python310/bin/python3 app.py\n"
        code = zip_text({"scf_bootstrap": start, "app.py": WEB}, modes={"scf_bootstrap": 0o755})
        function = {"FunctionName": "shop", "Type": "HTTP", "Runtime": "Python3.10", "Code": {"ZipFile": code}}
        cloud.call("CreateFunction", **function)
        with urllib.request.urlopen(f"{server.url}/shop", timeout=60) as response:
            paths = json.load(response)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            assert connection.makefile().read() == server.debug_folder("default/shop")

    assert not any("packages" in path or "debugger" in path for path in paths), "it is hidden"


def test_each_function_has_a_port_that_is_free(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_project(tmp_path / name, name=name)
    ports = DebugPorts("/packages/debugpy", is_free=lambda port: port != 5679)
    folder: Callable[[str], str] = {"default/one": "/var/user", "default/two": "/tmp/two/user"}.__getitem__

    (ready,) = ports.assign(project_of(tmp_path), folder)

    assert isinstance(ready, DebuggerReady)
    assert [entry["connect"] for entry in ready.configurations] == [
        {"host": "127.0.0.1", "port": 5678},
        {"host": "127.0.0.1", "port": 5680},
    ]
    assert ready.configurations[1]["pathMappings"] == [
        {"localRoot": str(tmp_path / "two" / "src"), "remoteRoot": "/tmp/two/user"}
    ]
    assert [ports.port_of(f"default/{name}") for name in ("one", "two", "three")] == [5678, 5680, None]
    assert list(ports.assign(project_of(tmp_path), folder)) == [], "said once"


def test_python_without_debugpy_is_said_once(tmp_path: Path) -> None:
    write_project(tmp_path)
    ports = DebugPorts()

    (problem,) = ports.assign(project_of(tmp_path), lambda _: "/var/user")

    assert isinstance(problem, Failure)
    assert "debugpy is not installed" in problem.message
    assert list(ports.assign(project_of(tmp_path), lambda _: "/var/user")) == []
    assert ports.port_of("default/hello") is None
