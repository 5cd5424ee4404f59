"""Web functions listen on loopback only, for every requested address."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scfdeploy.emulator.messages import Request
from scfdeploy.emulator.runtime import Invocation, WebError
from scfdeploy.emulator.runtime.child import Guardian
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.interpreters import Interpreters, own_python, with_local_interpreters
from scfdeploy.emulator.runtime.launcher import Launcher
from scfdeploy.emulator.runtime.loopback import reachable_from_outside
from scfdeploy.emulator.runtime.memory import MemoryLimiter
from scfdeploy.emulator.runtime.web import WebRunner
from tests.support.emulator import Cloud, zip_bytes, zip_text

_PYTHON = "#!/bin/sh\n/var/lang/python310/bin/python3.10 -u app.py\n"
_NODE = "#!/bin/sh\nexec /var/lang/node18/bin/node app.js\n"
# Answers with the addresses on which it listens, as the kernel shows them.
_SERVER = """
import http.server, json, os, socket, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        group, own, found = os.getpgrp(), set(), []
        for process in filter(str.isdecimal, os.listdir("/proc")):
            try:
                if os.getpgid(int(process)) == group:
                    fds = f"/proc/{process}/fd"
                    own |= {os.readlink(f"{fds}/{fd}") for fd in os.listdir(fds) if os.path.exists(f"{fds}/{fd}")}
            except OSError:
                pass
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in open(table).read().splitlines()[1:]:
                cells = line.split()
                if cells[3] == "0A" and f"socket:[{cells[9]}]" in own:
                    found.append(cells[1].partition(":")[0])
        content = json.dumps({"listening": found, "errors": errors}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

class Server(http.server.HTTPServer):
    address_family = socket.AF_INET

errors = []
"""
_RUN = "Server((HOST, 9000), Handler).serve_forever()\n"
_LISTENERS = {
    "all of IPv4": f"HOST = '0.0.0.0'\n{_RUN}",
    "an empty name": f"HOST = ''\n{_RUN}",
    "loopback": f"HOST = '127.0.0.1'\n{_RUN}",
    "all of IPv6 and IPv4": f"Server.address_family = socket.AF_INET6\nHOST = '::'\n{_RUN}",
    "a child process": f"HOST = '0.0.0.0'\nif os.fork():\n    os.wait()\nelse:\n    {_RUN}",
    "a thread": f"import threading\nHOST = '0.0.0.0'\nt = threading.Thread(target=lambda: {_RUN.strip()})\nt.start()\n",
    "another program": "os.execv(sys.executable, [sys.executable, 'server.py'])\n",
    "both of the two families": """
first = socket.socket(socket.AF_INET6)
first.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
first.bind(("::", 9000))
first.listen()
HOST = "0.0.0.0"
"""
    + _RUN,
}
_LOOPBACK_WORDS = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can move an address")


def make(cloud: Cloud, bootstrap: str, files: dict[str, str]) -> None:
    code = {"ZipFile": zip_text({"scf_bootstrap": bootstrap, **files}, modes={"scf_bootstrap": 0o100755})}
    cloud.create(Type="HTTP", Handler=None, Code=code)
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")


def ask(cloud: Cloud) -> dict[str, list[str]]:
    status, _, body = cloud.send("GET", "/_url/default/hello/")
    assert status == 200, body
    found: dict[str, list[str]] = json.loads(body)
    return found


@linux_only
@pytest.mark.parametrize("way", _LISTENERS)
def test_python_web_function_listens_on_loopback_only(cloud: Cloud, way: str) -> None:
    server = f"{_SERVER}HOST = '0.0.0.0'\n{_RUN}"
    make(cloud, _PYTHON, {"app.py": f"{_SERVER}{_LISTENERS[way]}", "server.py": server})
    found = ask(cloud)["listening"]
    assert found
    assert set(found) <= _LOOPBACK_WORDS


_NODE_PLACES = (
    *("9000", "'9000'", "9000, '0.0.0.0'", "9000, '::'", "9000, 'localhost'", "9000, () => {}", "9000, '0.0.0.0', 5"),
    *("{ port: 9000 }", "{ port: 9000, host: '0.0.0.0' }, () => {}", "9000, undefined, () => {}"),
)


def node_server(where: str) -> str:
    """A program that answers with the addresses on which it listens."""
    return f"""
    const fs = require('fs');
    const lines = (table) => fs.readFileSync('/proc/net/' + table, 'utf8').split('\\n').slice(1);
    const rows = (table) => lines(table).map((line) => line.trim().split(/ +/));
    require('http').createServer((request, answer) => {{
      const link = (fd) => {{ try {{ return fs.readlinkSync('/proc/self/fd/' + fd); }} catch {{ return ''; }} }};
      const own = fs.readdirSync('/proc/self/fd').map(link);
      const listening = [...rows('tcp'), ...rows('tcp6')]
        .filter((r) => r[3] === '0A' && own.includes(`socket:[${{r[9]}}]`)).map((r) => r[1].split(':')[0]);
      answer.end(JSON.stringify({{ listening }}));
    }}).listen({where});"""


@linux_only
@pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")
@pytest.mark.parametrize("where", _NODE_PLACES)
def test_node_web_function_listens_on_loopback_only(cloud: Cloud, where: str) -> None:
    make(cloud, _NODE, {"app.js": node_server(where)})
    found = ask(cloud)["listening"]
    assert found
    assert set(found) <= _LOOPBACK_WORDS


@linux_only
def test_web_function_cannot_listen_on_a_port_that_the_system_chooses(cloud: Cloud) -> None:
    tries = """
for prepare in (lambda s: s.bind(("0.0.0.0", 0)), lambda s: None):
    with socket.socket() as chosen:
        prepare(chosen)
        try:
            chosen.listen()
        except OSError as error:
            errors.append(error.strerror)
HOST = "0.0.0.0"
"""
    make(cloud, _PYTHON, {"app.py": f"{_SERVER}{tries}{_RUN}"})
    assert ask(cloud)["errors"] == ["Permission denied"] * 2


@linux_only
def test_guard_allows_client_and_unix_sockets(cloud: Cloud) -> None:
    tries = """
HOST = "0.0.0.0"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as client:
    datagrams.bind(("0.0.0.0", 0))
    errors.append(datagrams.getsockname()[0])
    client.bind(("0.0.0.0", 0))
    errors.append(client.getsockname()[0])
with socket.socket(socket.AF_UNIX) as local, socket.socket() as own:
    local.bind("\\0scfdeploy-test-" + str(os.getpid()))
    local.listen()
    own.bind(("127.0.0.1", 0))
    own.listen()
    errors.append(own.getsockname()[0])
with socket.socket() as second:
    second.bind(("127.0.0.1", 0))
    second.listen()
    try:
        socket.socket().bind(("0.0.0.0", second.getsockname()[1]))
    except OSError as error:
        errors.append(error.strerror)
"""
    make(cloud, _PYTHON, {"app.py": f"{_SERVER}{tries}{_RUN}"})
    assert ask(cloud)["errors"] == ["0.0.0.0", "0.0.0.0", "127.0.0.1", "Address already in use"]


@linux_only
def test_socket_that_is_exchanged_after_the_check_does_not_listen(cloud: Cloud) -> None:
    # Two threads exchange the socket of a file descriptor on which a third calls `listen`.
    tries = """
import ctypes, threading
HOST = "0.0.0.0"
own, outside = socket.socket(), socket.socket()
own.bind(("127.0.0.1", 0))
outside.bind(("0.0.0.0", 0))
target, is_done = os.dup(own.fileno()), threading.Event()

def exchange():
    while not is_done.is_set():
        os.dup2(outside.fileno(), target)
        os.dup2(own.fileno(), target)

thread = threading.Thread(target=exchange)
thread.start()
for _ in range(2000):
    ctypes.CDLL(None).listen(target, 5)
is_done.set()
thread.join()
errors.append(outside.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
errors.append(own.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
"""
    make(cloud, _PYTHON, {"app.py": f"{_SERVER}{tries}{_RUN}"})
    assert ask(cloud)["errors"] == [0, 1]


@linux_only
def test_call_with_impossible_pointer_fails_and_the_guard_goes_on(cloud: Cloud) -> None:
    tries = """
import ctypes
HOST = "0.0.0.0"
libc = ctypes.CDLL(None, use_errno=True)
own, nowhere = socket.create_server(("127.0.0.1", 8001)), ctypes.c_void_p(2**64 - 1)
for call, length in ((libc.bind, 16), (libc.connect, 16), (libc.getsockname, nowhere)):
    assert call(own.fileno(), nowhere, length) == -1
    errors.append(os.strerror(ctypes.get_errno()))
"""
    make(cloud, _PYTHON, {"app.py": f"{_SERVER}{tries}{_RUN}"})
    assert ask(cloud)["errors"] == ["Bad address"] * 3


@pytest.mark.parametrize(
    ("family", "host", "expected"),
    [
        (socket.AF_INET, "0.0.0.0", "0.0.0.0"),
        (socket.AF_INET6, "::", "::"),
        (socket.AF_INET, "127.0.0.1", ""),
        (socket.AF_INET6, "::1", ""),
    ],
)
@linux_only
def test_reachable_from_outside_returns_listener_address(
    family: socket.AddressFamily, host: str, expected: str
) -> None:
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        port = listener.getsockname()[1]
        assert reachable_from_outside(port) == ""
        listener.listen()
        assert reachable_from_outside(port) == expected


# Becomes the program without a filter, as the real one does on a system whose kernel has none.
_UNGUARDED = """
import os, socket, sys
server = socket.socket(fileno=int(sys.argv[1]))
server.set_inheritable(False)
server.send(b"-")
server.recv(1)
os.execv(sys.argv[2], [sys.argv[2]])
"""


def answer_unguarded(folder: Path, files: dict[str, str], *, is_guarded: bool) -> str:
    """What a web function answers where the kernel cannot be asked; `is_guarded` says that nobody noticed that."""
    starter = folder / "starter.py"
    starter.write_text(_UNGUARDED)
    version = {
        "blob": "a" * 64,
        "Runtime": "Python3.10",
        "FunctionVersion": "$LATEST",
        "InitTimeout": 30,
        "Timeout": 10,
        "MemorySize": 128,
        "Environment": {"Variables": []},
    }
    function = {"FunctionName": "hello", "FunctionId": "lam-1", "Namespace": "default"}
    code = zip_bytes(files, modes={"scf_bootstrap": 0o100755})
    invocation = Invocation(
        "ap-guangzhou", "1300000001", "100000000001", function, version, code, "{}", "id", isolation="copy"
    )
    cache, guardian = CodeCache(), Guardian()
    try:
        runner = WebRunner(
            cache, Launcher(cache), MemoryLimiter(), guardian, time.time, starter=starter, is_guarded=is_guarded
        )
        response, _ = runner.serve(invocation, Request("GET", "/", "", {}, b""))
        return response.body.decode()
    finally:
        guardian.close()
        cache.close()


def test_calls_at_the_same_time_share_one_loopback_python(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def prepare(_: int) -> bytes:
        start.wait()
        return with_local_interpreters(
            b"/var/lang/python3/bin/python3", Interpreters(), loopback_python_dir=tmp_path / "python"
        ).content

    with ThreadPoolExecutor(8) as threads:
        scripts = set(threads.map(prepare, range(8)))
    assert scripts == {f"{tmp_path}/python/bin/python -s".encode()}
    assert [path.name for path in tmp_path.iterdir()] == ["python"]


@linux_only
def test_web_function_that_cannot_be_guarded_is_stopped(tmp_path: Path) -> None:
    # An interpreter that is not one of the platform's is not replaced.
    bootstrap = f"#!/bin/sh\nexec {own_python()} app.py\n"
    files = {"scf_bootstrap": bootstrap, "app.py": f"{_SERVER}HOST = '0.0.0.0'\n{_RUN}"}
    with pytest.raises(WebError, match=r"listens on 0\.0\.0\.0.*Let it listen on 127\.0\.0\.1"):
        answer_unguarded(tmp_path, files, is_guarded=True)
    assert reachable_from_outside(9000) == ""


@linux_only
def test_python_keeps_a_web_function_on_loopback_where_the_kernel_refuses(tmp_path: Path) -> None:
    files = {"scf_bootstrap": _PYTHON, "app.py": f"{_SERVER}HOST = '0.0.0.0'\n{_RUN}"}
    assert set(json.loads(answer_unguarded(tmp_path, files, is_guarded=True))["listening"]) == {"0100007F"}


@linux_only
@pytest.mark.parametrize("way", _LISTENERS)
@pytest.mark.parametrize("options", ["-u app.py", "-u -m app", "-B -W ignore app.py"])
def test_python_keeps_a_web_function_on_loopback_without_the_kernel(tmp_path: Path, way: str, options: str) -> None:
    server = f"{_SERVER}HOST = '0.0.0.0'\n{_RUN}"
    bootstrap = f"#!/bin/sh\nexec /var/lang/python310/bin/python3.10 {options}\n"
    files = {"scf_bootstrap": bootstrap, "app.py": f"{_SERVER}{_LISTENERS[way]}", "server.py": server}
    found = json.loads(answer_unguarded(tmp_path, files, is_guarded=False))["listening"]
    assert found
    assert set(found) <= _LOOPBACK_WORDS


@linux_only
@pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")
@pytest.mark.parametrize("where", _NODE_PLACES)
def test_node_keeps_a_web_function_on_loopback_without_the_kernel(tmp_path: Path, where: str) -> None:
    files = {"scf_bootstrap": _NODE, "app.js": node_server(where)}
    found = json.loads(answer_unguarded(tmp_path, files, is_guarded=False))["listening"]
    assert found
    assert set(found) <= _LOOPBACK_WORDS
