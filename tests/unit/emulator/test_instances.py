"""Instances: what survives between the calls of one instance, and when a new one starts."""

from __future__ import annotations

import contextlib
import errno
import inspect
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.runtime.instance_processes import below, remove_folder
from scfdeploy.emulator.runtime.pool import InstanceKey, InstancePool
from scfdeploy.facts import delivery_value
from tests.support.emulator import Cloud, running, zip_text
from tests.support.isolation import needs_namespaces

can_change_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can change its root")
needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no /proc")

PYTHON = """
import os, subprocess, sys, threading, time

calls = 0

def main(event, context):
    global calls
    calls += 1
    print("call", calls)
    action = event.get("do")
    if action == "raise":
        raise ValueError("no such colour")
    if action == "exit":
        sys.exit(3)
    if action == "sleep":
        time.sleep(30)
    if action == "grow":
        return len(bytearray(200 * 1024 * 1024))
    if action == "wait":
        open(event["ready"], "w").close()
        while not os.path.exists(event["go"]):
            time.sleep(0.01)
    if action == "chatter":
        subprocess.Popen(["sh", "-c", "while :; do echo x; date +%s%N > $0; done", event["file"]])
        threading.Thread(target=lambda: time.sleep(1000), daemon=True).start()
    if action == "fork" and os.fork() == 0:
        return "the copy"
    if action == "leave":
        if os.fork() == 0:
            while True:
                os.write(1, b"x" * 1000)
        os._exit(3)
    return [calls, os.getpid(), os.environ.get("TRIGGER_SRC")]
"""
NODE = """
let calls = 0;
exports.main = async (event) => {
  calls += 1;
  console.log('call', calls);
  if (event.do === 'raise') throw new TypeError('no such colour');
  if (event.do === 'late') setImmediate(() => { throw new Error('too late'); });
  if (event.do === 'never') return new Promise(() => {});
  if (event.size) return 'é'.repeat(event.size);
  return [calls, event.text ? event.text.length : 0];
};
"""


def invoke(cloud: Cloud, event: object = None, **parameters: Any) -> dict[str, Any]:
    text = json.dumps(event or {})
    result: dict[str, Any] = cloud.call(
        "Invoke", FunctionName="hello", ClientContext=text, LogType="Tail", **parameters
    )["Result"]
    return result


def returned(cloud: Cloud, event: object = None, **parameters: Any) -> Any:
    result = invoke(cloud, event, **parameters)
    assert result["ErrMsg"] == ""
    return json.loads(result["RetMsg"])


def status(cloud: Cloud, event: object) -> int:
    number: int = json.loads(invoke(cloud, event)["ErrMsg"])["statusCode"]
    return number


@pytest.fixture
def instances() -> Iterator[Cloud]:
    # Some functions use files of the test, which namespace isolation hides.
    with running(isolation="copy") as cloud:
        cloud.create(files={"index.py": PYTHON}, Timeout=60)
        yield cloud


def test_global_state_survives_between_calls_of_one_instance(instances: Cloud) -> None:
    first, second, third = (returned(instances) for _ in range(3))
    assert [first[0], second[0], third[0]] == [1, 2, 3]
    assert first[1] == second[1] == third[1]


def test_output_of_a_call_holds_only_its_own_lines(instances: Cloud) -> None:
    invoke(instances)
    log = invoke(instances)["Log"]
    assert "call 2\n" in log
    assert "call 1\n" not in log


def test_instance_survives_an_exception_of_the_code(instances: Cloud) -> None:
    assert status(instances, {"do": "raise"}) == 430
    assert returned(instances)[0] == 2


@pytest.mark.parametrize(("action", "number"), [("sleep", 433), ("grow", 434), ("exit", 439)])
def test_instance_is_recycled_after_status(instances: Cloud, action: str, number: int) -> None:
    if number == 433:
        instances.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=1)
    assert returned(instances)[0] == 1
    assert status(instances, {"do": action}) == number
    assert returned(instances)[0] == 1


def test_instance_that_runs_asynchronously_is_recycled_after_an_exception() -> None:
    with running() as cloud:
        cloud.create(files={"index.py": PYTHON}, AsyncRunEnable="TRUE")
        assert [returned(cloud)[0] for _ in range(2)] == [1, 2]
        assert status(cloud, {"do": "raise"}) == 430
        assert returned(cloud)[0] == 1


@pytest.mark.parametrize("action", ["UpdateFunctionConfiguration", "UpdateFunctionCode"])
def test_instance_is_recycled_after_update(instances: Cloud, action: str) -> None:
    assert returned(instances)[0] == 1
    change = {"ZipFile": zip_text({"index.py": PYTHON})} if action == "UpdateFunctionCode" else {"Description": ""}
    instances.call(action, FunctionName="hello", **change)
    assert returned(instances)[0] == 1


def test_instance_is_recycled_when_idle(instances: Cloud) -> None:
    returned(instances)
    instances.advance(60)
    assert returned(instances)[0] == 2
    instances.advance(3600)
    assert returned(instances)[0] == 1


def test_idle_instance_ends_without_another_call(instances: Cloud) -> None:
    _, pid, _ = returned(instances)
    instances.advance(60)
    assert not _is_gone(pid)
    instances.advance(3600)
    _wait_until_gone(pid, 20)


def test_instance_of_virtual_time_ends_when_time_passes(tmp_path: Path) -> None:
    with Server(tmp_path / "server.db", settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create(files={"index.py": PYTHON})
        _, pid, _ = returned(cloud)
        cloud.advance(3600)
        _wait_until_gone(pid, 20)


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("UpdateFunctionConfiguration", {"Description": "another"}),
        ("UpdateFunctionCode", {"ZipFile": zip_text({"index.py": PYTHON})}),
        ("DeleteFunction", {}),
    ],
)
def test_idle_instance_ends_when_its_function_changes(
    instances: Cloud, action: str, parameters: dict[str, str]
) -> None:
    _, pid, _ = returned(instances)
    instances.call(action, FunctionName="hello", **parameters)
    _wait_until_gone(pid, 20)


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("DeleteFunction", {"FunctionName": "hello"}),
        ("UpdateFunctionConfiguration", {"FunctionName": "hello", "Description": "another"}),
    ],
)
def test_busy_instance_ends_after_its_call_when_its_function_changes(
    instances: Cloud, action: str, parameters: dict[str, str], tmp_path: Path
) -> None:
    ready, go = tmp_path / "ready", tmp_path / "go"
    _, pid, _ = returned(instances)
    with ThreadPoolExecutor(1) as callers:
        call = callers.submit(returned, instances, {"do": "wait", "ready": str(ready), "go": str(go)})
        while not ready.exists():
            assert not call.done(), call.result()
        instances.call(action, **parameters)
        assert not _is_gone(pid)
        go.touch()
        assert call.result()[:2] == [2, pid]
    _wait_until_gone(pid, 20)


def test_deletion_of_a_version_keeps_instances_of_others(instances: Cloud) -> None:
    instances.call("PublishVersion", FunctionName="hello")
    _, published, _ = returned(instances, Qualifier="1")
    _, latest, _ = returned(instances)
    instances.call("DeleteFunctionVersion", FunctionName="hello", Qualifier="1")
    _wait_until_gone(published, 20)
    assert returned(instances)[:2] == [2, latest]


def test_function_created_again_starts_new_instances(instances: Cloud) -> None:
    returned(instances)
    instances.call("DeleteFunction", FunctionName="hello")
    instances.create(files={"index.py": PYTHON})
    assert returned(instances)[0] == 1


def test_versions_have_their_own_instances(instances: Cloud) -> None:
    returned(instances)
    instances.call("PublishVersion", FunctionName="hello")
    assert returned(instances, Qualifier="1")[0] == 1
    assert returned(instances, Qualifier="1")[0] == 2
    assert returned(instances)[0] == 2


def test_calls_at_the_same_time_run_in_different_instances(instances: Cloud, tmp_path: Path) -> None:
    event = {"do": "wait", "ready": str(tmp_path / "ready"), "go": str(tmp_path / "go")}
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(returned(instances, event)))
    thread.start()
    while not (tmp_path / "ready").exists():
        pass
    other = returned(instances)
    (tmp_path / "go").touch()
    thread.join()
    assert other[0] == results[0][0] == 1
    assert other[1] != results[0][1]


_TELLS_ITS_CALLS = """
import os, tempfile

running, calls = [], []

def main(event, context):
    running.append(event)
    calls.append(event)
    path = os.path.join(tempfile.gettempdir(), "calls")
    with open(path, "a") as file:
        file.write(event + "\\n")
    with open(path) as file:
        result = [os.getpid(), list(running), list(calls), file.read().split()]
    running.clear()
    return result
"""


def test_instances_share_nothing_when_many_threads_call() -> None:
    found: list[Any] = []
    with running() as cloud:
        cloud.create(files={"index.py": _TELLS_ITS_CALLS})

        def work(thread: int) -> None:
            for number in range(8):
                event = f"{thread}-{number}"
                result = cloud.call("Invoke", FunctionName="hello", ClientContext=json.dumps(event))["Result"]
                found.append((event, *json.loads(result["RetMsg"])))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 32
    by_instance: dict[int, list[list[str]]] = {}
    for event, pid, at_once, calls, file in found:
        assert at_once == [event]
        assert calls == file
        assert calls[-1] == event
        by_instance.setdefault(pid, []).append(calls)
    assert len(by_instance) <= 4
    # Each call of an instance sees all earlier ones of this instance, and no others.
    assert sum(len(max(calls, key=len)) for calls in by_instance.values()) == 32


def test_children_of_a_call_do_not_run_on_after_it(instances: Cloud, tmp_path: Path) -> None:
    file = tmp_path / "time"
    returned(instances, {"do": "chatter", "file": str(file)})
    # The state of a stopped process is set before the signal returns or at its next instruction.
    assert _changes_of(file) <= 1
    assert returned(instances)[0] == 2


_LEAVES_ITS_GROUP = """
import os, subprocess, tempfile, time

def main(event, context):
    if event["how"] == "session":
        left = subprocess.Popen(["sleep", "600"], start_new_session=True).pid
    elif event["how"] == "other environment":
        left = subprocess.Popen(["sleep", "600"], env={"A": "b"}, cwd="/", start_new_session=True).pid
    elif event["how"] == "other root":
        reader, writer = os.pipe()
        left = os.fork()
        if left == 0:
            os.setsid()
            os.chroot(tempfile.mkdtemp())
            os.chdir("/")
            os.write(writer, b"-")
            time.sleep(600)
        os.read(reader, 1)
    else:
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            left = os.fork()
            if left == 0:
                os.execvp("sleep", ["sleep", "600"])
            os.write(writer, b"%d" % left)
            os._exit(0)
        os.wait()
        left = int(os.read(reader, 20))
    if event.get("exit"):
        print(left, flush=True)
        os._exit(3)
    return left
"""


@pytest.fixture(params=["copy", pytest.param("namespace", marks=needs_namespaces)])
def leaving(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A server with a function that starts a process which leaves its process group."""
    with running(isolation=request.param) as cloud:
        cloud.create(files={"index.py": _LEAVES_ITS_GROUP})
        yield cloud


_other_root = pytest.param("other root", marks=can_change_root)


@needs_proc
@pytest.mark.parametrize("how", ["session", "daemon", "other environment", _other_root])
def test_process_that_left_its_group_ends_with_its_instance(leaving: Cloud, how: str) -> None:
    pid = returned(leaving, {"how": how})
    assert not _is_gone(pid)
    leaving.call("DeleteFunction", FunctionName="hello")
    _wait_until_gone(pid, 20)


@needs_proc
@pytest.mark.parametrize("how", ["session", "daemon"])
def test_process_that_left_its_group_ends_with_a_call_that_ends_the_instance(leaving: Cloud, how: str) -> None:
    result = invoke(leaving, {"how": how, "exit": True})
    assert json.loads(result["ErrMsg"])["statusCode"] == 439
    _wait_until_gone(int(next(line for line in result["Log"].splitlines() if line.isdigit())), 20)


@needs_namespaces
@pytest.mark.parametrize("how", ["session", "daemon"])
def test_process_that_left_its_group_is_frozen_between_calls(how: str) -> None:
    with running(isolation="namespace") as cloud:
        cloud.create(files={"index.py": _LEAVES_ITS_GROUP})
        first = returned(cloud, {"how": how})
        _wait_until_stopped(first)
        second = returned(cloud, {"how": how})
        for pid in (first, second):
            _wait_until_stopped(pid)


@needs_proc
@pytest.mark.parametrize("how", ["daemon", "other environment", _other_root])
def test_process_that_left_its_group_ends_with_a_killed_server(how: str) -> None:
    with _server_process() as (server, cloud):
        cloud.create(files={"index.py": _LEAVES_ITS_GROUP})
        pid = returned(cloud, {"how": how})
        server.kill()
        _wait_until_gone(pid, 20)


@needs_proc
def test_process_that_left_its_group_ends_where_the_kernel_has_no_pidfd(
    leaving: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_pid: int) -> int:
        raise OSError(errno.ENOSYS, "")

    monkeypatch.setattr(os, "pidfd_open", missing, raising=False)
    pid = returned(leaving, {"how": "daemon"})
    leaving.call("DeleteFunction", FunctionName="hello")
    _wait_until_gone(pid, 20)


@needs_proc
def test_processes_below_are_found_at_any_depth() -> None:
    program = (
        "import os, sys\nfor _ in range(120):\n    if os.fork(): break\nelse:\n    print('-', flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-S", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(len(inspect.stack()) + 100)
        try:
            assert len(below(process.pid)) == 120
        finally:
            sys.setrecursionlimit(usual)


def _changes_of(file: Path) -> int:
    contents = []
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        contents.append(file.read_text("utf-8") if file.exists() else "")
    return len(set(contents)) - 1


def test_copy_of_the_process_does_not_answer_for_it(instances: Cloud) -> None:
    first = returned(instances, {"do": "fork"})
    second = returned(instances)
    assert (first[0], second[0]) == (1, 2)
    assert first[1] == second[1]


def test_end_of_the_process_is_noticed_while_its_copy_writes(instances: Cloud) -> None:
    instances.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=5)
    assert status(instances, {"do": "leave"}) == 439
    assert returned(instances)[0] == 1


def test_copy_of_the_process_made_while_code_loads_does_not_answer_for_it(cloud: Cloud) -> None:
    code = "import os\nparent = os.getpid()\nos.fork()\ndef main(event, context):\n    return os.getpid() == parent\n"
    cloud.create(files={"index.py": code})
    assert [returned(cloud) for _ in range(3)] == [True, True, True]


def test_killed_instance_is_replaced(instances: Cloud) -> None:
    _, pid, _ = returned(instances)
    os.kill(pid, signal.SIGKILL)
    while not _is_gone(pid):
        pass
    assert returned(instances)[0] == 1


_STOPS_ON_SIGTERM = """
import os, signal, time

is_stopped = []
signal.signal(signal.SIGTERM, lambda *_: is_stopped.append(True))

def main(event, context):
    with open(event["file"] + ".new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(event["file"] + ".new", event["file"])
    while not is_stopped:
        time.sleep(0.01)
"""


def test_cancelled_instance_is_not_reused_when_it_answers_after_sigterm(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with running(isolation="copy") as cloud:
        cloud.create(files={"index.py": _STOPS_ON_SIGTERM}, Timeout=60, AsyncRunEnable="TRUE", TraceEnable="TRUE")
        accepted = cloud.call(
            "Invoke", FunctionName="hello", InvocationType="Event", ClientContext=json.dumps({"file": str(file)})
        )
        while not file.exists():
            pass
        request = accepted["Result"]["FunctionRequestId"]
        cloud.call("TerminateAsyncEvent", FunctionName="hello", InvokeRequestId=request, GraceShutdown=True)
        # Sooner than the end of the grace time, when it would be killed.
        _wait_until_gone(int(file.read_text("utf-8")), delivery_value("scf", "cancel.grace_ms") / 2000)


def test_large_events_and_results_reach_a_warm_instance(cloud: Cloud) -> None:
    cloud.create(files={"index.py": "def main(event, context):\n    return event['text'] + 'ü'\n"})
    for _ in range(2):
        text = "ä" * (1 << 19)
        assert returned(cloud, {"text": text}) == f"{text}ü"


def test_event_with_line_ends_is_one_call(cloud: Cloud) -> None:
    cloud.create()
    for text in ('{\n  "a": [1,\r\n 2]\n}', '{\n  "a": "颜色"\n}', ""):
        result = cloud.call("Invoke", FunctionName="hello", ClientContext=text)["Result"]
        assert json.loads(result["RetMsg"]) == json.loads(text or "{}")


def test_frozen_instances_end_with_a_killed_server() -> None:
    with _server_process() as (server, cloud):
        cloud.create(files={"index.py": PYTHON})
        _, pid, _ = returned(cloud)
        server.kill()
        _wait_until_gone(pid, 20)


@pytest.mark.parametrize("isolation", ["copy", pytest.param("namespace", marks=needs_namespaces)])
def test_unpacked_code_is_removed_after_a_killed_server(
    isolation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with _server_process() as (server, cloud):
        cloud.control("settings", {"isolation": isolation})
        cloud.create(files={"index.py": PYTHON})
        returned(cloud)
        assert list(tmp_path.glob("*/*/index.py")) != []
        server.kill()
        deadline = time.monotonic() + 20
        while list(tmp_path.iterdir()):
            assert time.monotonic() < deadline


def test_link_in_place_of_the_temporary_folder_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other" / "folder"
    other.mkdir(parents=True)
    other.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(other.parent)
    remove_folder(str(link))
    assert stat.S_IMODE(other.stat().st_mode) == 0o755


def test_running_web_function_ends_with_a_killed_server(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    script = f"#!/bin/sh\necho $$ > {file}.new\nmv {file}.new {file}\nsleep 600\n"
    code = {"ZipFile": zip_text({"scf_bootstrap": script}, modes={"scf_bootstrap": 0o100755})}
    with _server_process() as (server, cloud):
        cloud.control("settings", {"isolation": "copy"})
        cloud.create(Type="HTTP", Handler=None, Code=code, InitTimeout=60)
        cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")
        with socket.create_connection(("127.0.0.1", int(cloud.address.rpartition(":")[2]))) as connection:
            connection.sendall(f"GET /_url/default/hello/ HTTP/1.1\r\nHost: {cloud.address}\r\n\r\n".encode())
            while not file.exists():
                pass
            server.kill()
            _wait_until_gone(int(file.read_text("utf-8")), 20)


@contextlib.contextmanager
def _server_process() -> Iterator[tuple[subprocess.Popen[str], Cloud]]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stdout is not None
        yield server, Cloud(server.stdout.readline().strip())
    finally:
        server.kill()
        server.communicate()


_SERVER = """
from scfdeploy.emulator import Server, Settings
server = Server(settings=Settings(activation_s=0))
print(server.url, flush=True)
server.serve_forever()
"""


def _wait_until_gone(pid: int, limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not _is_gone(pid):
        assert time.monotonic() < deadline


def _wait_until_stopped(pid: int) -> None:
    # A stopped process stands at its next instruction, after the signal has returned.
    deadline = time.monotonic() + 20
    while ") T " not in Path(f"/proc/{pid}/stat").read_text("utf-8"):
        assert time.monotonic() < deadline


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return True


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")


@needs_node
def test_node_instance_keeps_its_state() -> None:
    with running() as cloud:
        cloud.create(files={"index.js": NODE}, Runtime="Nodejs18.15", Timeout=10)
        assert [returned(cloud)[0] for _ in range(3)] == [1, 2, 3]
        assert status(cloud, {"do": "raise"}) == 430
        assert returned(cloud, {"text": "ä" * 300_000}) == [5, 300_000]
        assert len(returned(cloud, {"size": 1_000_000})) == 1_000_000
        assert status(cloud, {"do": "never"}) == 439
        assert returned(cloud)[0] == 1


@needs_node
def test_error_after_the_answer_ends_a_node_instance() -> None:
    with running() as cloud:
        cloud.create(files={"index.js": NODE}, Runtime="Nodejs18.15", Timeout=10)
        assert [returned(cloud)[0] for _ in range(3)] == [1, 2, 3]
        returned(cloud, {"do": "late"})
        # The process has ended and this call is the first of another, or ends when it continues, with this call.
        invoke(cloud)
        assert returned(cloud)[0] in (1, 2)


_NODE_LEAVES_A_RESULT = """
let finish;
exports.main = (event) => {
  if (event.do === 'fail') {
    setImmediate(() => { throw new Error('nobody catches this'); });
    return new Promise((resolve) => { finish = resolve; });
  }
  finish('the result of the call that failed');
  return new Promise((resolve) => setTimeout(() => resolve('own result'), 1));
};
"""
_NODE_PRINTS_MUCH = """
exports.main = async (event) => {
  process.stdout.write('x'.repeat(1 << 20));
  console.log('end of', event.name);
  if (event.name === 'exit') process.exit(3);
};
"""


@needs_node
def test_node_call_does_not_get_the_result_of_a_failed_call_before_it() -> None:
    with running() as cloud:
        cloud.create(files={"index.js": _NODE_LEAVES_A_RESULT}, Runtime="Nodejs18.15", Timeout=10)
        assert status(cloud, {"do": "fail"}) == 430
        assert returned(cloud) == "own result"


@needs_node
def test_number_beyond_the_range_of_floats_reaches_a_node_function() -> None:
    with running() as cloud:
        cloud.create(files={"index.js": "exports.main = async (event) => `${event}`;"}, Runtime="Nodejs18.15")
        result = cloud.call("Invoke", FunctionName="hello", ClientContext='["颜色", 1e400]')["Result"]
        assert result["RetMsg"] == '"颜色,Infinity"'


@needs_node
def test_node_output_beyond_what_a_pipe_holds_belongs_to_its_call() -> None:
    with running() as cloud:
        cloud.create(files={"index.js": _NODE_PRINTS_MUCH}, Runtime="Nodejs18.15", Timeout=10)
        for name in ("first", "second", "exit"):
            assert f"xend of {name}\n" in invoke(cloud, {"name": name})["Log"]


class _IdleInstance:
    """An instance without a process, which tells when it is ended."""

    def __init__(self, error: Exception | None = None) -> None:
        self.key = InstanceKey("lam-1", "$LATEST", "a")
        self.idle_since = 0.0
        self.ended = threading.Event()
        self._error = error

    def is_alive(self) -> bool:
        return not self.ended.is_set()

    def end(self) -> str:
        self.ended.set()
        if self._error is not None:
            raise self._error
        return ""


def _started(pool: InstancePool[_IdleInstance], instance: _IdleInstance) -> _IdleInstance:
    return pool.start(instance.key, lambda: instance)


def test_idle_time_that_passes_without_any_call_ends_an_instance() -> None:
    idle_s = delivery_value("scf", "instance.idle_ms") / 1000
    # The last time is repeated: the instance is put away, then it has almost no time left, then none.
    times = [0.0, idle_s - 0.01, idle_s + 1]
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: times.pop(0) if len(times) > 1 else times[0])
    instance = _IdleInstance()
    pool.put(_started(pool, instance))
    assert instance.ended.wait(20)
    assert pool.take(instance.key) is None


def test_instance_that_cannot_be_ended_keeps_no_other_one_alive(caplog: pytest.LogCaptureFixture) -> None:
    idle_s = delivery_value("scf", "instance.idle_ms") / 1000
    times = [0.0, idle_s - 0.01, idle_s + 1]
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: times.pop(0) if len(times) > 1 else times[0])
    failing, later = _IdleInstance(OSError("no such folder")), _IdleInstance()
    pool.put(_started(pool, failing))
    assert failing.ended.wait(20)
    times[:] = [2 * idle_s, 3 * idle_s - 0.01, 3 * idle_s + 1]
    pool.put(_started(pool, later))
    assert later.ended.wait(20)
    assert "no such folder" in caplog.text


def test_all_instances_end_with_a_pool_although_one_cannot_be_ended() -> None:
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: 0.0)
    instances = [_IdleInstance(), _IdleInstance(OSError("no such folder")), _IdleInstance()]
    for instance in instances:
        pool.put(_started(pool, instance))
    with pytest.raises(OSError, match="no such folder"):
        pool.close()
    assert all(instance.ended.is_set() for instance in instances)


def test_instance_whose_process_has_ended_is_not_used_again() -> None:
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: 0.0)
    instances = [_IdleInstance() for _ in range(3)]
    for instance in instances:
        pool.put(_started(pool, instance))
    instances[2].ended.set()
    assert pool.take(instances[0].key) is instances[1]
    pool.close()
    assert instances[0].ended.is_set()


def test_instance_that_is_busy_at_a_reset_is_not_used_again() -> None:
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: 0.0)
    first, second = (_started(pool, _IdleInstance()) for _ in range(2))
    pool.put(first)
    assert pool.take(first.key) is first
    pool.recycle()
    for instance in (first, second):
        assert not instance.ended.is_set()
        pool.put(instance)
        assert instance.ended.is_set()
    assert pool.take(first.key) is None


@pytest.mark.parametrize(
    ("withdraw", "is_ended"),
    [
        (lambda pool: pool.withdraw("lam-1"), True),
        (lambda pool: pool.withdraw("lam-1", "$LATEST"), True),
        (lambda pool: pool.recycle(), True),
        (lambda pool: pool.withdraw("lam-1", "2"), False),
        (lambda pool: pool.withdraw("lam-2"), False),
    ],
)
def test_instance_that_is_withdrawn_while_it_starts_ends_after_its_first_call(
    withdraw: Callable[[InstancePool[_IdleInstance]], object], is_ended: bool
) -> None:
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: 0.0)

    def make() -> _IdleInstance:
        withdraw(pool)
        return _IdleInstance()

    instance = pool.start(_IdleInstance().key, make)
    assert not instance.ended.is_set()
    pool.put(instance)
    assert instance.ended.is_set() == is_ended
    pool.close()


def test_start_that_fails_withdraws_nothing() -> None:
    pool: InstancePool[_IdleInstance] = InstancePool(lambda: 0.0)
    instance = _IdleInstance()

    def fail() -> _IdleInstance:
        raise OSError("no such program")

    with pytest.raises(OSError, match="no such program"):
        pool.start(instance.key, fail)
    pool.put(_started(pool, instance))
    assert pool.take(instance.key) is instance
