"""Web functions: instances stay warm, several run at once, each with its own port 9000, and outbound calls work."""

from __future__ import annotations

import http.server
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.runtime import port_lock, web_instance
from tests.support.emulator import Cloud, running, zip_text
from tests.support.isolation import needs_namespaces

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs notifications of the kernel")

_BOOTSTRAP = "#!/bin/sh\nexec /var/lang/python310/bin/python3.10 -u app.py\n"
_APP = """
import json, os, socket, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

calls = 0
inner = HTTPServer(("127.0.0.1", 8001), BaseHTTPRequestHandler)

class Inner(BaseHTTPRequestHandler):
    def do_GET(self):
        reply(self, str(os.getpid()))

    def log_message(self, *arguments):
        pass

def fetch(url):
    with urllib.request.urlopen(url) as response:
        return response.read().decode()

def reply(handler, text):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text.encode())

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        global calls
        calls += 1
        print("call", calls)
        action, _, rest = self.path[1:].partition("?")
        result = None
        if action == "fetch":
            result = fetch(rest)
        if action == "sleep":
            time.sleep(30)
        if action == "exit":
            os._exit(3)
        if action == "write":
            with open(__file__, "a") as file:
                file.write("#")
        if action == "inner":
            result = [fetch(f"http://{host}:8001/") for host in ("127.0.0.1", "localhost", "0.0.0.0")]
        if action == "names":
            result = [self.server.server_address, self.request.getsockname(), self.client_address[0],
                      self.headers["Host"]]
        if action == "used":
            with socket.socket() as second:
                result = second.connect_ex(("127.0.0.1", 8002))
                try:
                    second.bind(("0.0.0.0", 9000))
                except OSError as error:
                    result = [result, error.strerror]
        reply(self, json.dumps({"calls": calls, "pid": os.getpid(), "result": result}))

    def log_message(self, *arguments):
        pass

inner.RequestHandlerClass = Inner
threading.Thread(target=inner.serve_forever, daemon=True).start()
HTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
"""


def create(cloud: Cloud, name: str = "hello", app: str = _APP, **parameters: Any) -> None:
    files = {"scf_bootstrap": _BOOTSTRAP, "app.py": app}
    code = {"ZipFile": zip_text(files, modes={"scf_bootstrap": 0o100755})}
    cloud.create(name, Type="HTTP", Handler=None, Code=code, **parameters)
    cloud.call("CreateTrigger", FunctionName=name, TriggerName="url", Type="http", TriggerDesc="{}")


def ask(cloud: Cloud, path: str = "", name: str = "hello") -> dict[str, Any]:
    status, _, body = cloud.send("GET", f"/_url/default/{name}/{path}")
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def failure(cloud: Cloud, path: str = "", name: str = "hello") -> dict[str, Any]:
    status, _, body = cloud.send("GET", f"/_url/default/{name}/{path}")
    assert status == 502, body
    found: dict[str, Any] = json.loads(body)
    return found


@pytest.fixture
def web(cloud: Cloud) -> Cloud:
    create(cloud)
    return cloud


@pytest.fixture
def meeting() -> Iterator[str]:
    """A service of this machine that answers when two callers wait at the same time."""
    barrier = threading.Barrier(2)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            barrier.wait(timeout=20)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"both are here")

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_state_survives_between_requests_of_one_instance(web: Cloud) -> None:
    found = [ask(web) for _ in range(3)]
    assert [answer["calls"] for answer in found] == [1, 2, 3]
    assert len({answer["pid"] for answer in found}) == 1


def test_instance_concurrency_without_effect_is_named_once() -> None:
    notices: list[str] = []
    with Server(settings=Settings(activation_s=0), on_notice=notices.append) as server:
        cloud = Cloud(server.url)
        create(cloud, InstanceConcurrencyConfig={"DynamicEnabled": "FALSE", "MaxConcurrency": 10})
        for _ in range(2):
            ask(cloud)
    expected = "hello: instanceConcurrencyConfig has no effect here; each request that runs has an instance to itself."
    assert notices.count(expected) == 1


def test_log_of_a_request_has_only_its_own_lines(web: Cloud) -> None:
    ask(web)
    ask(web)
    entries = web.control("logs", {"functions": ["default/hello"]})["entries"]
    assert sorted(entry["lines"] for entry in entries) == [["call 1"], ["call 2"]]


def test_instance_is_frozen_between_requests(web: Cloud) -> None:
    process = ask(web)["pid"]
    deadline = time.monotonic() + 20
    while Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < deadline


@pytest.mark.parametrize("name", ["hello", "other"])
def test_requests_run_at_the_same_time(web: Cloud, meeting: str, name: str) -> None:
    if name == "other":
        create(web, name)
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda function: ask(web, f"fetch?{meeting}", function), ["hello", name]))
    assert [answer["result"] for answer in both] == ["both are here"] * 2
    assert len({answer["pid"] for answer in both}) == 2


def test_port_can_be_in_use_on_this_machine(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(web_instance, "PORT", port)
        create(cloud, app=_APP.replace("9000", str(port)))
        assert ask(cloud)["calls"] == 1


@pytest.mark.parametrize("isolation", ["copy", pytest.param("namespace", marks=needs_namespaces)])
def test_program_sees_the_address_that_it_chose(isolation: str) -> None:
    with running(isolation=isolation) as cloud:
        create(cloud)
        assert ask(cloud, "names")["result"] == [["0.0.0.0", 9000], ["127.0.0.1", 9000], "127.0.0.1", "127.0.0.1:9000"]


def test_each_instance_has_its_own_inner_ports(web: Cloud, meeting: str) -> None:
    create(web, "other")
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda name: ask(web, f"fetch?{meeting}", name), ["hello", "other"]))
    for name in ("hello", "other"):
        answer = ask(web, "inner", name)
        assert answer["result"] == [str(answer["pid"])] * 3


def test_own_port_cannot_be_bound_twice(web: Cloud) -> None:
    refused, words = ask(web, "used")["result"]
    assert (os.strerror(refused), words) == ("Connection refused", "Address already in use")


@pytest.mark.parametrize(("path", "status"), [("sleep", 433), ("exit", 439)])
def test_instance_is_recycled_after_status(web: Cloud, path: str, status: int) -> None:
    assert ask(web)["calls"] == 1
    web.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=1)
    assert ask(web)["calls"] == 1
    assert failure(web, path)["statusCode"] == status
    assert ask(web)["calls"] == 1


def test_idle_instance_ends(web: Cloud) -> None:
    assert ask(web)["calls"] == 1
    web.advance(3600)
    assert ask(web)["calls"] == 1


def test_many_new_instances_are_refused() -> None:
    with running(burst_limit=1) as cloud:
        for name in ("hello", "other"):
            create(cloud, name)
        assert [ask(cloud)["calls"] for _ in range(2)] == [1, 2]
        assert failure(cloud, name="other")["statusCode"] == 429


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write to read-only files")
def test_copy_reports_that_root_wrote_to_the_code() -> None:
    with running(isolation="copy") as cloud:
        create(cloud)
        found = failure(cloud, "write")
        assert found["statusCode"] == 430
        assert found["errorMessage"] == "The function wrote to /var/user, which is read-only in the cloud"
        assert ask(cloud)["calls"] == 1


def test_instance_ends_with_the_server() -> None:
    with running() as cloud:
        create(cloud)
        process = ask(cloud)["pid"]
    assert not Path(f"/proc/{process}").exists()


@pytest.fixture
def one_port(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A system on which the server cannot choose the ports of programs, with another port than that of other tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(web_instance, "can_see", lambda _process, _fd: False)
    for module in (web_instance, port_lock):
        monkeypatch.setattr(module, "PORT", port)
    for name in ("hello", "other"):
        create(cloud, name, _APP.replace("9000", str(port)))
    return cloud


def test_one_function_runs_at_a_time_where_ports_cannot_be_chosen(one_port: Cloud) -> None:
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda name: ask(one_port, name=name), ["hello", "other"]))
    assert [answer["calls"] for answer in found] == [1, 1]


def test_second_function_fails_with_message_where_ports_cannot_be_chosen(
    one_port: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_lock, "_WAIT_S", 0.0)
    with port_lock.reserve_port():
        found = failure(one_port)
    assert found["statusCode"] == 446
    assert f"port {port_lock.PORT} is taken on this machine" in found["errorMessage"]
    assert "This system runs one web function at a time." in found["errorMessage"]
