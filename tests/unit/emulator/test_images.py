"""Functions made of images, with a program `docker` that stands in for the real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import ApiError, Cloud, running

_DOCKER = """#!{python} -IS
import json, os, signal, sys, time
folder = {folder!r}
mode = open(f"{{folder}}/mode").read()
with open(f"{{folder}}/calls", "a") as calls:
    print(json.dumps(sys.argv[1:]), file=calls)
command = sys.argv[1]
if command == "info":
    sys.exit(mode == "no daemon")
if command == "pull":
    if mode == "slow pull":
        time.sleep(60)
    print("Error: pull access denied", file=sys.stderr)
    sys.exit(mode == "no pull")
if command == "image" and mode == "deaf":
    print("sha256:1")
    sys.exit(0)
if command != "run":
    sys.exit(1)
if "--env-file" in sys.argv:
    with open(sys.argv[sys.argv.index("--env-file") + 1]) as file:
        given = dict(line.rstrip("\\n").split("=", 1) for line in file)
given |= {{sys.argv[at + 1]: os.environ[sys.argv[at + 1]] for at, word in enumerate(sys.argv) if word == "--env"}}
with open(f"{{folder}}/client", "w") as client:
    json.dump(dict(os.environ), client)
if mode in ("125", "127", "3"):
    print("it failed")
    sys.exit(int(mode))
if mode == "deaf":
    time.sleep(60)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, lambda *_: stops.append(True))
stops = []
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    calls = 0

    def do_POST(self):
        Handler.calls += 1
        print("call", Handler.calls, flush=True)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body == b'"exit"':
            os._exit(1)
        if body == b'"wait"':
            with open(f"{{folder}}/calls", "a") as calls:
                print('["answering"]', file=calls)
        while body == b'"wait"' and not stops:
            time.sleep(0.01)
        if body == b'"sleep"':
            time.sleep(60)
        content = {{"path": self.path, "event": body.decode(), "id": self.headers["X-Scf-Request-Id"],
                   "calls": Handler.calls, "variables": given}}
        self.reply(500 if body == b'"fail"' else 200, json.dumps(content).encode())

    def do_GET(self):
        self.reply(201, self.path.encode())

    def reply(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass

port = int(sys.argv[sys.argv.index("-p") + 1].split(":")[1])
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
_IMAGE = "ccr.ccs.tencentyun.com/shop/orders:v1"


class Docker:
    """The stand-in and what it was called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program = folder / "docker"
        program.write_text(_DOCKER.format(python=sys.executable, folder=str(folder)), "utf-8")
        program.chmod(0o755)
        self.behave("")

    def behave(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode, "utf-8")

    def client_environment(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "client").read_text("utf-8"))
        return found

    def calls(self, command: str) -> list[list[str]]:
        lines = (self.folder / "calls").read_text("utf-8").splitlines()
        return [call for call in map(json.loads, lines) if call[0] == command]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return Docker(tmp_path)


def create(cloud: Cloud, *, image: dict[str, Any] | None = None, **parameters: Any) -> None:
    code = {"ImageConfig": {"ImageUri": _IMAGE, **(image or {})}}
    cloud.call("CreateFunction", FunctionName="hello", Code=code, Timeout=30, **parameters)


def invoke(cloud: Cloud, event: object = None) -> dict[str, Any]:
    result: dict[str, Any] = cloud.call("Invoke", FunctionName="hello", ClientContext=json.dumps(event), LogType="Tail")
    return dict(result["Result"])


def status(cloud: Cloud, event: object = None) -> int:
    number: int = json.loads(invoke(cloud, event)["ErrMsg"])["statusCode"]
    return number


def test_event_is_posted_to_container_which_stays_warm(cloud: Cloud, docker: Docker) -> None:
    create(cloud, Environment={"Variables": [{"Key": "COLOUR", "Value": "red"}]})
    results = [invoke(cloud, {"a": 1}) for _ in range(2)]
    bodies = [json.loads(result["RetMsg"]) for result in results]
    assert [body.pop("id") for body in bodies] == [result["FunctionRequestId"] for result in results]
    expected = {"path": "/event-invoke", "event": '{"a": 1}', "variables": {"COLOUR": "red"}}
    assert bodies == [{**expected, "calls": 1}, {**expected, "calls": 2}]
    (run,) = docker.calls("run")
    assert run[1:5] == ["--read-only", "--tmpfs", "/tmp", "-p"]
    assert run[5].startswith("127.0.0.1:")
    assert run[5].endswith(":9000")
    assert run[-1] == _IMAGE
    assert "red" not in str(run)


def test_variables_of_function_are_not_those_of_docker(
    cloud: Cloud, docker: Docker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", "/home/me/.docker")
    values = {"COLOUR": "red", "DOCKER_HOST": "tcp://other:2375", "LD_PRELOAD": "/tmp/x.so", "DOCKER_CONFIG": "/evil"}
    create(cloud, Environment={"Variables": [{"Key": name, "Value": value} for name, value in values.items()]})
    assert json.loads(invoke(cloud)["RetMsg"])["variables"] == values
    client = docker.client_environment()
    assert {name: client.get(name) for name in values} == {
        "COLOUR": None,
        "DOCKER_HOST": None,
        "LD_PRELOAD": None,
        "DOCKER_CONFIG": "/home/me/.docker",
    }
    (run,) = docker.calls("run")
    assert not [word for word in run if "red" in word or "other" in word]


def test_value_of_several_lines_reaches_container(cloud: Cloud, docker: Docker) -> None:
    create(cloud, Environment={"Variables": [{"Key": "PEM", "Value": "one\ntwo\n"}]})
    assert json.loads(invoke(cloud)["RetMsg"])["variables"] == {"PEM": "one\ntwo\n"}
    (run,) = docker.calls("run")
    assert "one" not in str(run)


@pytest.mark.parametrize("name", ["DOCKER_HOST", "LD_PRELOAD", "HTTPS_PROXY"])
def test_value_of_several_lines_cannot_configure_docker(cloud: Cloud, docker: Docker, name: str) -> None:
    create(cloud, Environment={"Variables": [{"Key": name, "Value": "one\ntwo"}]})
    error = json.loads(invoke(cloud)["ErrMsg"])
    assert (error["statusCode"], f"cannot pass {name} to docker" in error["errorMessage"]) == (445, True)
    assert not docker.calls("run")


def test_container_of_killed_server_is_removed(docker: Docker) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        cloud = Cloud(server.stdout.readline().strip())
        create(cloud)
        assert invoke(cloud)["ErrMsg"] == ""
        server.kill()
    _wait_for_call(docker, "rm")
    (run,) = docker.calls("run")
    assert docker.calls("rm") == [["rm", "--force", run[run.index("--name") + 1]]]


_SERVER = """
from scfdeploy.emulator import Server, Settings
server = Server(settings=Settings(activation_s=0))
print(server.url, flush=True)
server.serve_forever()
"""


def test_container_gets_command_and_arguments(cloud: Cloud, docker: Docker) -> None:
    create(cloud, image={"Command": "python -u", "Args": "app.py --port 9000"})
    invoke(cloud)
    (run,) = docker.calls("run")
    assert run[run.index("--entrypoint") + 1] == "python"
    assert run[-5:] == [_IMAGE, "-u", "app.py", "--port", "9000"]


@pytest.mark.parametrize(("mode", "number"), [("no pull", 444), ("125", 445), ("127", 445), ("3", 405)])
def test_failed_start_of_container_returns_documented_status(
    cloud: Cloud, docker: Docker, mode: str, number: int
) -> None:
    create(cloud)
    docker.behave(mode)
    assert status(cloud) == number
    docker.behave("")
    assert invoke(cloud)["ErrMsg"] == ""


@pytest.mark.parametrize(("mode", "number"), [("slow pull", 447), ("deaf", 446)])
def test_slow_start_of_container_returns_documented_status(
    cloud: Cloud, docker: Docker, mode: str, number: int
) -> None:
    create(cloud, InitTimeout=3)
    docker.behave(mode)
    assert status(cloud) == number


@pytest.mark.usefixtures("docker")
def test_failed_call_of_container_returns_documented_status(cloud: Cloud) -> None:
    create(cloud)
    assert status(cloud, "fail") == 430
    assert json.loads(invoke(cloud)["RetMsg"])["calls"] == 2
    assert status(cloud, "exit") == 439
    assert json.loads(invoke(cloud)["RetMsg"])["calls"] == 1
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=1)
    assert status(cloud, "sleep") == 433
    assert json.loads(invoke(cloud)["RetMsg"])["calls"] == 1


@pytest.mark.usefixtures("docker")
def test_web_function_of_image_gets_requests(cloud: Cloud) -> None:
    create(cloud, Type="HTTP")
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")
    answer = cloud.send("GET", "/_url/default/hello/shop?a=1")
    assert (answer[0], answer[2]) == (201, b"/shop?a=1")


def test_container_that_starts_ends_with_the_server(docker: Docker) -> None:
    docker.behave("deaf")
    with Server(settings=Settings(activation_s=0)) as server:
        cloud = Cloud(server.url)
        create(cloud, InitTimeout=60)
        results: list[int] = []
        thread = threading.Thread(target=lambda: results.append(status(cloud)))
        thread.start()
        _wait_for_call(docker, "run")
        server.kill_functions()
        thread.join(timeout=20)
        assert results == [405]
        assert docker.calls("kill")


def test_cancelled_container_is_removed_when_it_answers(docker: Docker) -> None:
    docker.behave("stubborn")
    with running() as cloud:
        create(cloud, AsyncRunEnable="TRUE", TraceEnable="TRUE")
        accepted = cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext='"wait"')
        _wait_for_call(docker, "answering")
        request = accepted["Result"]["FunctionRequestId"]
        cloud.call("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId=request, GraceShutdown=True)
        _wait_for_call(docker, "rm")


def _wait_for_call(docker: Docker, command: str) -> None:
    deadline = time.monotonic() + 20
    while not ((docker.folder / "calls").exists() and docker.calls(command)):
        assert time.monotonic() < deadline


def test_image_address_that_docker_takes_for_an_option_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ApiError, match="ImageUri must be"):
        create(cloud, image={"ImageUri": "-v.:/host/folder:ro"})


def test_image_without_docker_is_refused_with_hint(cloud: Cloud, docker: Docker) -> None:
    create(cloud)
    docker.behave("no daemon")
    for kind in ("RequestResponse", "Event"):
        with pytest.raises(ApiError, match=r"does not run images\. Install docker, or invoke in the cloud\."):
            cloud.call("Invoke", FunctionName="hello", InvocationType=kind)
