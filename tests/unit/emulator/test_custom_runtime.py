"""Event functions with CustomRuntime: a program `bootstrap` that talks to the runtime API."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scfdeploy.emulator.runtime.bootstrap_program import Calls, RuntimeApi
from tests.support.emulator import Cloud, running, zip_text

PYTHON = """#!/var/lang/python3/bin/python3
import http.client, json, os, sys, urllib.request

API = f"{os.environ['SCF_RUNTIME_API']}:{os.environ['SCF_RUNTIME_API_PORT']}"

def ask(path, content=None, chunked=False, **headers):
    connection = http.client.HTTPConnection(API)
    method = "GET" if content is None else "POST"
    body = [content] if chunked else content
    connection.request(method, path, body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    return answer, answer.read()

"""
LOOP = """
print("starting")
calls = 0
ask("/runtime/init/ready", b" ")
while True:
    answer, event = ask("/runtime/invocation/next")
    again, same = ask("/runtime/invocation/next")
    assert event == same
    calls += 1
    print("call", calls, flush=True)
    event = json.loads(event)
    if event.get("fail"):
        ask("/runtime/invocation/error", event["fail"].encode())
        continue
    if "leave" in event:
        os._exit(event["leave"])
    result = {"calls": calls, "event": event, "id": answer.headers["request_id"], "handler": os.environ["_HANDLER"],
              "memory": answer.headers["Memory_Limit_In_Mb"], "time": answer.headers["time_limit_in_ms"],
              "folder": os.getcwd(), "name": os.environ["SCF_FUNCTIONNAME"]}
    ask("/runtime/invocation/response", json.dumps(result).encode(), chunked=True, **{"Transfer-Encoding": "chunked"})
    ask("/runtime/invocation/response", b'"too late"')
    ask("/runtime/invocation/error", b'too late')
"""
SHELL = """#!/bin/bash
set -eu
url=http://$SCF_RUNTIME_API:$SCF_RUNTIME_API_PORT/runtime
curl -sS -d ' ' -X POST "$url/init/ready"
while true; do
  event=$(curl -sS "$url/invocation/next")
  curl -sS -X POST "$url/invocation/response" -d "$event"
done
"""


@pytest.fixture(params=["namespace", "copy"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with running(isolation=request.param) as started:
        started.call("ListFunctions")
        yield started


def create(cloud: Cloud, program: str | None, *, mode: int = 0o100755, **parameters: Any) -> None:
    files = {"bootstrap": program} if program is not None else {"other": ""}
    code = {"ZipFile": zip_text(files, modes={"bootstrap": mode})}
    cloud.create(Runtime="CustomRuntime", Handler="index.any", Code=code, **parameters)


def invoke(cloud: Cloud, event: object) -> dict[str, Any]:
    answer = cloud.call("Invoke", FunctionName="hello", ClientContext=json.dumps(event), LogType="Tail")
    result = dict(answer["Result"])
    if "Namespace isolation does not work" in result["ErrMsg"]:
        pytest.skip("namespaces do not work on this machine")
    return result


def error(cloud: Cloud, event: object) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(invoke(cloud, event)["ErrMsg"])
    return content


def test_program_gets_events_with_headers_and_keeps_its_state(cloud: Cloud) -> None:
    create(cloud, PYTHON + LOOP, MemorySize=256, Timeout=5)

    first = invoke(cloud, {"colour": "grün"})
    second = invoke(cloud, {})

    assert json.loads(first["RetMsg"]) == {
        "calls": 1,
        "event": {"colour": "grün"},
        "id": first["FunctionRequestId"],
        "handler": "index.any",
        "memory": "256",
        "time": "5000",
        "folder": json.loads(first["RetMsg"])["folder"],
        "name": "hello",
    }
    assert "starting\ncall 1\n" in first["Log"]
    assert json.loads(second["RetMsg"])["calls"] == 2
    assert "call 2\n" in second["Log"]
    assert 0 < first["MemUsage"] < 256 << 20


def test_reported_errors_are_execution_errors_and_keep_the_instance(cloud: Cloud) -> None:
    create(cloud, PYTHON + LOOP)
    failure = error(cloud, {"fail": "no such colour"})
    assert (failure["statusCode"], failure["errorMessage"]) == (430, "no such colour")
    failure = error(cloud, {"fail": '{"errorType": "KeyError", "errorMessage": "colour", "other": 1}'})
    assert (failure["errorType"], failure["errorMessage"]) == ("KeyError", "colour")
    assert json.loads(invoke(cloud, {})["RetMsg"])["calls"] == 3


def test_program_that_ends_during_a_call_is_439_and_the_next_call_starts_another(cloud: Cloud) -> None:
    create(cloud, PYTHON + LOOP)
    failure = error(cloud, {"leave": 3})
    assert failure["statusCode"] == 439
    assert "exit code 3" in failure["errorMessage"]
    assert json.loads(invoke(cloud, {})["RetMsg"])["calls"] == 1


@pytest.mark.parametrize(
    ("program", "mode", "status", "text"),
    [
        (None, 0o100755, 445, "the bundle has no bootstrap"),
        ("#!/bin/sh\n", 0o100644, 445, "Permission denied"),
        ("#!/no/such/interpreter\n", 0o100755, 445, "its interpreter does not exist"),
        ("\x7fno program", 0o100755, 445, "cannot be started"),
        ("#!/bin/sh\necho about to leave\nexit 4\n", 0o100755, 405, "exit code 4 before it was ready"),
    ],
)
def test_program_that_does_not_start_returns_documented_status(
    cloud: Cloud, program: str | None, mode: int, status: int, text: str
) -> None:
    create(cloud, program, mode=mode)
    result = invoke(cloud, {})
    failure = json.loads(result["ErrMsg"])
    assert failure["statusCode"] == status
    assert text in failure["errorMessage"]
    assert status == 445 or "about to leave" in result["Log"]


def test_program_that_is_never_ready_exceeds_the_initialisation_timeout(cloud: Cloud) -> None:
    create(cloud, "#!/bin/sh\nsleep 100\n", InitTimeout=3)
    assert error(cloud, {})["statusCode"] == 450


def test_program_that_does_not_answer_exceeds_the_timeout(cloud: Cloud) -> None:
    create(cloud, PYTHON + 'ask("/runtime/init/ready", b"")\nimport time\ntime.sleep(100)\n', Timeout=1)
    assert error(cloud, {})["statusCode"] == 433


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
def test_shell_script_with_curl_handles_calls(cloud: Cloud) -> None:
    create(cloud, SHELL)
    assert json.loads(invoke(cloud, {"a": "b & c"})["RetMsg"]) == {"a": "b & c"}
    assert json.loads(invoke(cloud, [1, 2.5])["RetMsg"]) == [1, 2.5]


def test_text_that_is_not_json_is_returned_unchanged(cloud: Cloud) -> None:
    program = 'ask("/runtime/init/ready", b"")\nask("/runtime/invocation/next")\n'
    create(
        cloud, f'{PYTHON}{program}ask("/runtime/invocation/response", b"done: yes")\nask("/runtime/invocation/next")\n'
    )
    assert invoke(cloud, {})["RetMsg"] == "done: yes"


def test_result_beyond_6_mb_is_407(cloud: Cloud) -> None:
    program = 'ask("/runtime/init/ready", b"")\nask("/runtime/invocation/next")\n'
    create(cloud, f'{PYTHON}{program}ask("/runtime/invocation/response", b"x" * 6500000)\n', MemorySize=256)
    assert error(cloud, {})["statusCode"] == 407


@pytest.mark.parametrize("headers", [{"Host": "rebound.example.com"}, {"Origin": "https://example.com"}])
def test_runtime_api_rejects_web_pages(cloud: Cloud, headers: dict[str, str]) -> None:
    program = (
        'ask("/runtime/init/ready", b"")\nask("/runtime/invocation/next")\n'
        f"refused, _ = ask('/runtime/invocation/response', b'1', **{headers!r})\n"
        'ask("/runtime/invocation/response", str(refused.status).encode())\nask("/runtime/invocation/next")\n'
    )
    create(cloud, PYTHON + program)
    assert invoke(cloud, {})["RetMsg"] == "403"


def test_error_of_deeply_nested_json_is_reported_as_text(cloud: Cloud) -> None:
    program = 'ask("/runtime/init/ready", b"")\nask("/runtime/invocation/next")\n'
    create(
        cloud,
        f'{PYTHON}{program}ask("/runtime/invocation/error", b"[" * 100000)\nask("/runtime/invocation/next")\n',
        Timeout=5,
    )
    failure = error(cloud, {})
    assert (failure["statusCode"], set(failure["errorMessage"])) == (430, {"["})


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def api(calls: Calls) -> Iterator[RuntimeApi]:
    """A runtime API that serves requests within `serving`."""
    with RuntimeApi(calls) as started:
        yield started


@contextmanager
def serving(api: RuntimeApi) -> Iterator[None]:
    thread = threading.Thread(target=api.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        api.shutdown()
        thread.join()


def ready_request(api: RuntimeApi, *lines: str) -> bytes:
    host = f"127.0.0.1:{api.server_port}"
    return "\r\n".join(["POST /runtime/init/ready HTTP/1.1", f"Host: {host}", *lines]).encode()


def test_body_of_negative_size_is_empty(api: RuntimeApi) -> None:
    with serving(api), socket.create_connection(("127.0.0.1", api.server_port), 5) as connection:
        connection.sendall(ready_request(api, "Transfer-Encoding: chunked", "", "-1", "", ""))
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("bash") is None, reason="only root can be another user, which needs bash"
)
def test_request_of_another_user_who_has_closed_the_connection_is_refused(api: RuntimeApi, calls: Calls) -> None:
    command = f"exec 3<>/dev/tcp/127.0.0.1/{api.server_port}; cat >&3"
    request = ready_request(api, "Content-Length: 0", "", "")
    subprocess.run(["bash", "-c", command], input=request, user=12345, cwd="/", check=True)
    # The connection has no process any more, and so no owner.
    with serving(api), socket.create_connection(("127.0.0.1", api.server_port), 5) as connection:
        # The answer shows that the server has seen the connections before.
        connection.sendall(ready_request(api, "Origin: https://example.com", "", ""))
        assert connection.recv(100).startswith(b"HTTP/1.1 403 ")
    calls.end(3)
    assert calls.wait_until_ready() == 3


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.getuid() != 0, reason="only root can be another user")
def test_request_of_another_user_from_a_port_that_this_user_has_too_is_refused(api: RuntimeApi) -> None:
    def own_socket() -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return made

    set_user = ctypes.CDLL(None).setfsuid
    with serving(api), socket.create_server(("127.0.0.1", 0)) as other_server, own_socket() as own:
        own.bind(("127.0.0.1", 0))
        own.connect(other_server.getsockname())
        set_user(12345)
        try:
            foreign = own_socket()
        finally:
            set_user(0)
        with foreign:
            foreign.settimeout(5)
            foreign.bind(own.getsockname())
            foreign.connect(("127.0.0.1", api.server_port))
            foreign.sendall(ready_request(api, "Content-Length: 0", "", ""))
            assert foreign.recv(100).startswith(b"HTTP/1.1 403 ")


def test_no_variable_of_the_host_is_visible(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST_SECRET", "hunter2")
    program = (
        'ask("/runtime/init/ready", b"")\nask("/runtime/invocation/next")\n'
        'ask("/runtime/invocation/response", json.dumps(list(os.environ)).encode())\nask("/runtime/invocation/next")\n'
    )
    create(cloud, PYTHON + program)
    names = json.loads(invoke(cloud, {})["RetMsg"])
    assert {"SCF_RUNTIME_API", "SCF_RUNTIME_API_PORT", "_HANDLER", "SCF_FUNCTIONNAME"} <= set(names)
    assert not {"HOST_SECRET", "TZ", "LD_LIBRARY_PATH"} & set(names)


def test_cancelled_program_can_answer_after_sigterm(cloud: Cloud) -> None:
    code = (
        "import signal\nask('/runtime/init/ready', b'')\nask('/runtime/invocation/next')\n"
        "signal.signal(signal.SIGTERM, lambda *_: (ask('/runtime/invocation/response', b'\"saved\"'), sys.exit()))\n"
        "print('waiting', flush=True)\nsignal.pause()\n"
    )
    create(cloud, PYTHON + code, AsyncRunEnable="TRUE", TraceEnable="TRUE", Timeout=60)
    accepted = cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext="{}")
    request_id = accepted["Result"]["FunctionRequestId"]
    deadline = time.monotonic() + 20
    while "RUNNING" not in (state := json.dumps(cloud.call("GetAsyncEventStatus", InvokeRequestId=request_id))):
        assert time.monotonic() < deadline, state
    cloud.call("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId=request_id, GraceShutdown=True)
    while "RUNNING" in (state := json.dumps(cloud.call("GetAsyncEventStatus", InvokeRequestId=request_id))):
        assert time.monotonic() < deadline, state
    assert "ABORTED" in state
