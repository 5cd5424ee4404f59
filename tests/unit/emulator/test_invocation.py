"""Invocations: what functions receive, what they return, and how they fail."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator.runtime import code_cache
from scfdeploy.emulator.runtime.code_cache import CodeCache
from tests.support.emulator import ApiError, Cloud, running, zip_bytes, zip_text

PYTHON = """
import json, os, sys, time

def echo(event, context):
    print("hello", event, "颜色")
    print("warning", file=sys.stderr)
    return {"event": event, "context": context, "environment": dict(os.environ), "path": sys.path}

def fail(event, context):
    raise ValueError("no such colour")

def wrap(event, context):
    try:
        fail(event, context)
    except ValueError as error:
        raise RuntimeError("no picture") from error

def strange(event, context):
    return object()

def slow(event, context):
    print("before")
    time.sleep(30)

def leave(event, context):
    sys.exit(3)

def large(event, context):
    return "a" * (6 * 1024 * 1024 + 1)

def greedy(event, context):
    return len(bytearray(80 * 1024 * 1024))

def talk(event, context):
    print("x" * 10000 + "end")

def family(event, context):
    import subprocess
    subprocess.Popen(["sleep", "60"])
    return "done"
"""
NODE = """
exports.echo = async (event, context) => {
  console.log('hello', JSON.stringify(event));
  return { event, context, left: context.getRemainingTimeInMillis(), environment: process.env };
};
exports.callback = (event, context, callback) => { setTimeout(() => callback(null, 'called'), 5); };
exports.plain = (event) => event.a + 1;
exports.fail = async () => { throw new TypeError('no such colour'); };
exports.late = (event, context, callback) => { setTimeout(() => { throw new Error('later'); }, 5); };
exports.leave = () => { process.exit(4); };
exports.slow = () => new Promise((resolve) => setTimeout(resolve, 30000));
"""
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")


def run(cloud: Cloud, handler: str, event: object = None, **parameters: Any) -> dict[str, Any]:
    """Deploy the handler and invoke it once."""
    files, runtime = ({"index.py": PYTHON}, "Python3.10")
    if parameters.pop("node", False):
        files, runtime = ({"index.js": NODE}, "Nodejs18.15")
    cloud.create(files=parameters.pop("files", files), Handler=handler, Runtime=runtime, **parameters)
    text = "" if event is None else json.dumps(event)
    result: dict[str, Any] = cloud.call("InvokeFunction", FunctionName="hello", Event=text, LogType="Tail")["Result"]
    return result


def error(result: dict[str, Any]) -> dict[str, Any]:
    assert result["InvokeResult"] != 0
    assert result["RetMsg"] == ""
    found: dict[str, Any] = json.loads(result["ErrMsg"])
    return found


def test_python_function_gets_event_context_and_environment(cloud: Cloud) -> None:
    variables = {"Variables": [{"Key": "COLOUR", "Value": "red"}]}
    result = run(cloud, "index.echo", {"a": 1}, Environment=variables, MemorySize=256, Timeout=5)
    returned = json.loads(result["RetMsg"])

    assert result["InvokeResult"] == 0
    assert result["ErrMsg"] == ""
    assert returned["event"] == {"a": 1}
    context = returned["context"]
    assert context["memory_limit_in_mb"] == 256
    assert context["time_limit_in_ms"] == 5000
    assert context["request_id"] == result["FunctionRequestId"]
    assert json.loads(context["environment"]) == {"SCF_NAMESPACE": "default", "COLOUR": "red"}
    assert context["environ"] == "SCF_NAMESPACE=default;COLOUR=red"
    assert (context["function_name"], context["function_version"]) == ("hello", "$LATEST")
    assert returned["environment"]["COLOUR"] == "red"
    assert returned["environment"]["SCF_FUNCTIONNAME"] == "hello"
    assert result["MemUsage"] > 1 << 20


def test_function_sees_no_host_variables_or_packages(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "very secret")
    returned = json.loads(run(cloud, "index.echo")["RetMsg"])
    assert "very secret" not in json.dumps(returned)
    assert not any("site-packages" in place for place in returned["path"])


def test_log_has_lines_of_platform(cloud: Cloud) -> None:
    result = run(cloud, "index.echo")
    name = result["FunctionRequestId"]
    lines = result["Log"].split("\n")
    assert lines[:2] == [f"START RequestId: {name}", f"Event RequestId: {name}"]
    assert lines[2:6] == ["hello {} 颜色", "warning", "", f"END RequestId: {name}"]
    assert lines[6].startswith(f"Report RequestId: {name} Duration:")
    assert " Memory:128MB MemUsage:" in lines[6]


def test_log_tail_is_returned_only_on_request(cloud: Cloud) -> None:
    log = run(cloud, "index.talk")["Log"]
    assert len(log) == 4096
    assert "xend\n" in log
    assert cloud.call("InvokeFunction", FunctionName="hello")["Result"]["Log"] == ""


def test_exception_returns_430_with_type_message_and_trace(cloud: Cloud) -> None:
    found = error(run(cloud, "index.fail"))
    assert (found["statusCode"], found["errorType"], found["errorMessage"]) == (430, "ValueError", "no such colour")
    assert "index.py" in found["stackTrace"]
    assert "bootstrap" not in found["stackTrace"]


def test_trace_has_the_exception_that_led_to_another(cloud: Cloud) -> None:
    trace = error(run(cloud, "index.wrap"))["stackTrace"]
    assert trace.count("Traceback (most recent call last):") == 2
    assert "ValueError: no such colour\n" in trace
    assert trace.endswith("RuntimeError: no picture\n")
    assert "bootstrap" not in trace


def test_trace_of_code_that_does_not_load_begins_in_the_code(cloud: Cloud) -> None:
    lines = error(run(cloud, "index.main", files={"index.py": "1 / 0"}))["stackTrace"].splitlines()
    assert lines[:2] == ["Traceback (most recent call last):", '  File "/var/user/index.py", line 1, in <module>']


def test_value_that_is_not_json_returns_430(cloud: Cloud) -> None:
    assert error(run(cloud, "index.strange"))["errorType"] == "TypeError"


def test_slow_function_ends_at_timeout(cloud: Cloud) -> None:
    began = time.monotonic()
    result = run(cloud, "index.slow", Timeout=1)
    found = error(result)
    assert (found["statusCode"], found["errorMessage"]) == (433, "Invoking task timed out after 1 seconds")
    assert "before" in result["Log"]
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("handler", "status"), [("index.leave", 439), ("index.large", 407), ("index.greedy", 434), ("index.none", 437)]
)
def test_abnormal_end_returns_documented_status(cloud: Cloud, handler: str, status: int) -> None:
    assert error(run(cloud, handler, MemorySize=64, Timeout=20))["statusCode"] == status


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"other.py": ""}, 437),
        ({"index.py": "def main(:"}, 443),
        ({"index.py": "import nothing_like_this\ndef main(e, c): pass"}, 443),
        ({"../index.py": "def main(e, c): pass"}, 437),
    ],
)
def test_code_that_does_not_load_returns_documented_status(cloud: Cloud, files: dict[str, str], status: int) -> None:
    assert error(run(cloud, "index.main", files=files))["statusCode"] == status


def test_child_processes_end_with_invocation(cloud: Cloud) -> None:
    began = time.monotonic()
    assert run(cloud, "index.family")["RetMsg"] == '"done"'
    assert time.monotonic() - began < 10


@needs_node
def test_node_function_gets_event_context_and_environment(cloud: Cloud) -> None:
    result = run(cloud, "index.echo", {"a": 1}, node=True)
    returned = json.loads(result["RetMsg"])
    assert returned["event"] == {"a": 1}
    assert returned["context"]["request_id"] == result["FunctionRequestId"]
    assert returned["context"]["callbackWaitsForEmptyEventLoop"] is True
    assert 0 < returned["left"] <= 3000
    assert 'hello {"a":1}\n' in result["Log"]


@needs_node
@pytest.mark.parametrize(
    ("handler", "returned"), [("index.callback", '"called"'), ("index.plain", "2")], ids=["callback", "plain"]
)
def test_node_function_returns_by_value_promise_or_callback(cloud: Cloud, handler: str, returned: str) -> None:
    assert run(cloud, handler, {"a": 1}, node=True)["RetMsg"] == returned


@needs_node
@pytest.mark.parametrize(
    ("handler", "status"),
    [("index.fail", 430), ("index.late", 430), ("index.leave", 439), ("index.none", 437), ("index.slow", 433)],
)
def test_node_function_failure_returns_documented_status(cloud: Cloud, handler: str, status: int) -> None:
    assert error(run(cloud, handler, node=True, Timeout=1))["statusCode"] == status


@needs_node
@pytest.mark.parametrize(
    "files",
    [
        {"index.mjs": "export const main = async (event) => event;"},
        {"index.js": "export const main = async (event) => event;", "package.json": '{"type": "module"}'},
        {"index.js": "await 1; export const main = async (event) => event;", "package.json": '{"type": "module"}'},
        {"index.cjs": "exports.main = async (event) => event;", "package.json": '{"type": "module"}'},
        {"index/index.js": "exports.main = async (event) => event;"},
    ],
    ids=["mjs", "module", "module that awaits", "cjs", "folder"],
)
def test_node_function_can_be_module(cloud: Cloud, files: dict[str, str]) -> None:
    assert run(cloud, "index.main", {"a": 1}, node=True, files=files)["RetMsg"] == '{"a":1}'


@needs_node
@pytest.mark.parametrize("value", ["undefined", "() => 1", "Symbol('a')", "({ toJSON() {} })"])
def test_node_value_without_json_text_is_null(cloud: Cloud, value: str) -> None:
    files = {"index.js": f"exports.main = async () => ({value});"}
    assert run(cloud, "index.main", node=True, files=files)["RetMsg"] == "null"


@needs_node
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("throw null;", "null"),
        ("throw { code: 5, at: ['a'] };", "{ code: 5, at: [ 'a' ] }"),
        ("const error = new Error(); error.message = 5n; throw error;", "5"),
        (r"throw new Error('a\ud83db');", "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
@pytest.mark.parametrize("place", ["load", "call"])
def test_node_value_of_any_kind_can_be_thrown(cloud: Cloud, code: str, message: str, place: str) -> None:
    files = {"index.js": code if place == "load" else f"exports.main = () => {{ {code} }};"}
    found = error(run(cloud, "index.main", node=True, files=files))
    assert (found["statusCode"], found["errorMessage"]) == (443 if place == "load" else 430, message)


@needs_node
def test_node_trace_has_the_errors_that_led_to_another(cloud: Cloud) -> None:
    code = """
    const connect = new TypeError('connection refused');
    const request = new Error('fetch failed');
    request.cause = connect;
    connect.cause = request;
    exports.main = async () => { throw request; };
    """
    lines = error(run(cloud, "index.main", node=True, files={"index.js": code}))["stackTrace"].splitlines()
    assert lines[0] == "Error: fetch failed"
    assert [line for line in lines if line.startswith("Caused by: ")] == ["Caused by: TypeError: connection refused"]


@needs_node
def test_node_trace_has_all_errors_of_a_long_chain(cloud: Cloud) -> None:
    code = """
    let last = new Error('attempt 0');
    for (let number = 1; number < 20000; number++) {
      const next = new Error(`attempt ${number}`);
      [next.cause, next.stack] = [last, `Error: attempt ${number}`];
      last = next;
    }
    exports.main = async () => { throw last; };
    """
    found = error(run(cloud, "index.main", node=True, files={"index.js": code}))
    causes = [line for line in found["stackTrace"].splitlines() if line.startswith("Caused by: ")]
    assert found["errorMessage"] == "attempt 19999"
    assert causes == [f"Caused by: Error: attempt {number}" for number in range(19998, -1, -1)]


@needs_node
def test_node_trace_has_all_errors_of_a_promise_that_none_fulfilled(cloud: Cloud) -> None:
    code = """
    const failed = new Error('All promises were rejected');
    failed.name = 'AggregateError';
    failed.errors = [new Error('server 1'), new Error('server 2')];
    exports.main = async () => { throw failed; };
    """
    lines = error(run(cloud, "index.main", node=True, files={"index.js": code}))["stackTrace"].splitlines()
    assert [line for line in lines if line.startswith("Caused")] == [f"Caused by: Error: server {n}" for n in (1, 2)]


@needs_node
def test_trace_of_missing_node_module_says_where_it_is_required(cloud: Cloud) -> None:
    files = {"index.js": "require('./helper');", "helper.js": "\nrequire('nothing-like-this');"}
    trace = error(run(cloud, "index.main", node=True, files=files))["stackTrace"]
    assert "/var/user/helper.js:2:1)" in trace


def test_language_without_interpreter_is_rejected(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    cloud.create(Runtime="Php7", Handler="index.main")
    assert cloud.error("InvokeFunction", FunctionName="hello") == "UnsupportedOperation"


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("InvokeFunction", {"Event": "{"}, "InvalidParameterValue.Param"),
        ("InvokeFunction", {"Event": '{"a": NaN}'}, "InvalidParameterValue.Param"),
        ("InvokeFunction", {"Event": "-Infinity"}, "InvalidParameterValue.Param"),
        ("InvokeFunction", {"Event": "[" * 100_000 + "]" * 100_000}, "InvalidParameterValue.Param"),
        ("InvokeFunction", {"Event": '"' + "a" * (6 << 20) + '"'}, "InvalidParameter.RequestTooLarge"),
        (
            "Invoke",
            {"InvocationType": "Event", "ClientContext": '"' + "a" * (128 << 10) + '"'},
            "InvalidParameter.RequestTooLarge",
        ),
        ("Invoke", {"InvocationType": "Now"}, "InvalidParameterValue.InvokeType"),
        ("Invoke", {"RoutingKey": '{"a": 1}'}, "InvalidParameterValue.Param"),
        ("Invoke", {"Qualifier": "7"}, "ResourceNotFound.Qualifier"),
        ("InvokeFunction", {"FunctionName": "nobody"}, "ResourceNotFound.Function"),
        ("InvokeFunction", {"FunctionName": "web"}, "FailedOperation.InvokeFunction"),
    ],
)
def test_invalid_invocation_returns_documented_code(
    cloud: Cloud, action: str, parameters: dict[str, Any], code: str
) -> None:
    cloud.create()
    cloud.create("web", Type="HTTP")
    assert cloud.error(action, **{"FunctionName": "hello", **parameters}) == code


def test_invoked_web_function_names_its_local_url(cloud: Cloud) -> None:
    cloud.create("web", Type="HTTP")
    with pytest.raises(ApiError, match="/_url/default/web/ of"):
        cloud.call("InvokeFunction", FunctionName="web")


def test_invoke_and_invoke_function_have_different_default_qualifiers(cloud: Cloud) -> None:
    code = "def main(e, c): return c['function_version']"
    cloud.create(files={"index.py": code})
    cloud.call("PublishVersion", FunctionName="hello")
    cloud.call("UpdateAlias", FunctionName="hello", Name="$DEFAULT", FunctionVersion="1")
    assert cloud.call("InvokeFunction", FunctionName="hello")["Result"]["RetMsg"] == '"1"'
    assert cloud.call("Invoke", FunctionName="hello")["Result"]["RetMsg"] == '"$LATEST"'


def finished(cloud: Cloud, request_id: str) -> dict[str, Any]:
    for _ in range(200):
        found = cloud.call("GetRequestStatus", FunctionName="hello", FunctionRequestId=request_id)["Data"]
        if found and found[0]["RetCode"] != 1:
            return dict(found[0])
        time.sleep(0.02)  # noqa: TID251 - for a function that runs in a process
    raise AssertionError("the function did not finish")


def test_event_runs_in_background_and_is_recorded(cloud: Cloud) -> None:
    cloud.create(files={"index.py": PYTHON}, Handler="index.echo")
    accepted = cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext='{"a": 1}')["Result"]
    assert accepted["RetMsg"] == ""
    record = finished(cloud, accepted["FunctionRequestId"])
    assert record["RetCode"] == 0
    assert json.loads(record["RetMsg"])["event"] == {"a": 1}


def test_failed_event_is_recorded_as_failed(cloud: Cloud) -> None:
    cloud.create(files={"index.py": PYTHON}, Handler="index.fail")
    accepted = cloud.call("Invoke", FunctionName="hello", InvocationType="Event")["Result"]
    assert finished(cloud, accepted["FunctionRequestId"])["RetCode"] == -1


def test_request_status_is_limited_to_time_window(cloud: Cloud) -> None:
    cloud.create()
    result = cloud.call("InvokeFunction", FunctionName="hello")["Result"]
    wanted = {"FunctionName": "hello", "FunctionRequestId": result["FunctionRequestId"]}
    assert cloud.call("GetRequestStatus", **wanted)["TotalCount"] == 1
    cloud.advance(16 * 60)
    assert cloud.call("GetRequestStatus", **wanted)["TotalCount"] == 0
    window = {"StartTime": "2020-01-01 00:00:00", "EndTime": "2099-01-01 00:00:00"}
    assert cloud.call("GetRequestStatus", **wanted, **window)["TotalCount"] == 1
    assert cloud.error("GetRequestStatus", **wanted, StartTime="2020-01-01 00:00:00") == (
        "InvalidParameterValue.StartTimeOrEndTime"
    )
    assert cloud.error("GetRequestStatus", **wanted, **{**window, "EndTime": "now"}) == (
        "InvalidParameterValue.DateTime"
    )


def test_server_stop_waits_for_running_event(tmp_path: Path) -> None:
    started, ended = tmp_path / "started", tmp_path / "ended"
    code = (
        f"import time\ndef main(e, c):\n    open({str(started)!r}, 'w').close()\n"
        f"    time.sleep(0.3)\n    open({str(ended)!r}, 'w').close()\n"
    )
    with running(tmp_path / "emulator.db", isolation="copy") as cloud:
        cloud.create(files={"index.py": code})
        cloud.call("Invoke", FunctionName="hello", InvocationType="Event")
        while not started.exists():
            time.sleep(0.02)  # noqa: TID251 - for a function that runs in a process
    assert ended.exists()


def test_server_stop_removes_unpacked_code() -> None:
    with running(isolation="copy") as cloud:
        cloud.create(files={"index.py": "import os\ndef main(e, c): return os.environ['USER_CODE_ROOT']"})
        folder = json.loads(cloud.call("InvokeFunction", FunctionName="hello")["Result"]["RetMsg"])
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


def test_replaced_code_is_removed_when_others_were_replaced_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with running() as cloud:
        cloud.create(files={"index.py": "def main(e, c): return 'published'"})
        cloud.call("PublishVersion", FunctionName="hello")
        assert cloud.call("Invoke", FunctionName="hello", Qualifier="1")["Result"]["RetMsg"] == '"published"'
        for number in range(10):
            code = zip_text({"index.py": f"def main(e, c): return {number}"})
            cloud.call("UpdateFunctionCode", FunctionName="hello", ZipFile=code)
            assert cloud.call("Invoke", FunctionName="hello")["Result"]["RetMsg"] == str(number)
        unpacked = [path.read_text("utf-8") for path in tmp_path.glob("*/*/index.py")]
        assert "def main(e, c): return 'published'" in unpacked
        assert "def main(e, c): return 9" in unpacked
        assert "def main(e, c): return 0" not in unpacked
        assert len(unpacked) < 10


def test_replaced_code_stays_while_an_instance_uses_it() -> None:
    cache = CodeCache(is_stored=lambda _: False)
    used = cache.folder("used", zip_bytes({"x": ""}))
    releases = [cache.use("used"), cache.use("used")]

    def replace_often(name: str) -> None:
        for number in range(10):
            cache.folder(f"{name}-{number}", zip_bytes({"x": ""}))

    replace_often("before")
    releases[0]()
    releases[0]()
    replace_often("between")
    assert used.exists()
    releases[1]()
    replace_often("after")
    assert not used.exists()
    assert cache.folder("used", zip_bytes({"x": ""})).exists()
    cache.close()


def test_unpacking_keeps_modes_and_rejects_paths_outside() -> None:
    cache = CodeCache()
    modes = {"run": 0o100755, "link": stat.S_IFLNK | 0o777}
    folder = cache.folder("a", zip_bytes({"run": "#!/bin/sh", "link": "run", "d/x": "1"}, modes=modes))
    assert os.access(folder / "run", os.X_OK)
    assert not os.access(folder / "d" / "x", os.X_OK)
    assert (folder / "link").readlink() == Path("run")
    for name, content in (("link", "../outside"), ("/etc/x", ""), ("../x", "")):
        mode = {name: stat.S_IFLNK | 0o777} if name == "link" else None
        with pytest.raises(ValueError, match="reaches outside"):
            cache.folder("b", zip_bytes({name: content}, modes=mode))
    cache.close()


def test_unpacked_code_is_found_while_another_zip_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CodeCache()
    cache.folder("a", zip_bytes({"x": ""}))
    unpacking, may_go_on = threading.Event(), threading.Event()

    def unpack_slowly(*_arguments: object) -> None:
        unpacking.set()
        may_go_on.wait(20)

    monkeypatch.setattr(code_cache, "_unpack", unpack_slowly)
    other = threading.Thread(target=cache.folder, args=("b", zip_bytes({"x": ""})))
    other.start()
    unpacking.wait(20)
    found = cache.has_code("a"), cache.has_code("b"), other.is_alive()
    may_go_on.set()
    other.join()
    assert found == (True, False, True)
    assert cache.has_code("b")
    cache.close()


def test_updated_code_runs_at_once(cloud: Cloud) -> None:
    cloud.create()
    code = zip_text({"index.py": "def main(e, c): return 'new'"})
    cloud.call("UpdateFunctionCode", FunctionName="hello", ZipFile=code)
    assert cloud.call("InvokeFunction", FunctionName="hello")["Result"]["RetMsg"] == '"new"'
