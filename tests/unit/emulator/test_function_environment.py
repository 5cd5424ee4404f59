"""The environment of a local function: the documented variables and its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.emulator import Cloud, running, tc3_headers, zip_text
from tests.support.isolation import needs_namespaces

# What a shell, a CI system or a cloud's own tools leave in the environment of who runs a command.
_OF_THE_CALLER = (
    *("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", "TENCENT_SECRET_KEY"),
    *("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN", "TENCENTCLOUD_ROLE_ARN"),
    *("GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_ENV", "GITLAB_TOKEN", "CI_JOB_TOKEN"),
    *("AWS_SECRET_ACCESS_KEY", "NPM_TOKEN", "NODE_AUTH_TOKEN", "DATABASE_URL", "SSH_AUTH_SOCK", "KUBECONFIG"),
    *("PYTHONSTARTUP", "NODE_OPTIONS", "LD_PRELOAD_PATH", "DYLD_LIBRARY_PATH", "http_proxy", "XDG_RUNTIME_DIR"),
    *("SCFDEPLOY_ENDPOINT", "VIRTUAL_ENV", "TMPDIR_OF_CALLER", "LD_LIBRARY_PATH"),
)
_MARK = "/caller-value-that-must-not-be-seen"
_OWN = {"Variables": [{"Key": "COLOUR", "Value": "red"}, {"Key": "HTTP_PROXY", "Value": "own"}]}
# The golden environment: each name and value.
_GOLDEN = {
    "_SCF_SERVER_PORT": "28902",
    "TENCENTCLOUD_RUNTIMEENV": "SCF",
    "TENCENTCLOUD_RUNENV": "SCF",
    "USER_CODE_ROOT": "/var/user/",
    "PYTHONDONTWRITEBYTECODE": "x",
    "PYTHONPATH": "/var/user:/opt",
    "CLASSPATH": "/var/runtime/java8:/var/runtime/java8/lib/*:/opt",
    "NODE_PATH": "/var/user:/var/user/node_modules:/var/lang/node16/lib/node_modules:/opt:/opt/node_modules",
    "PHP_INI_SCAN_DIR": "/var/user/php_extension:/opt/php_extension",
    "_": "/var/lang/python3/bin/python3",
    "PWD": "/var/user",
    "LOGNAME": "qcloud",
    "LANG": "en_US.UTF8",
    "LC_ALL": "en_US.UTF8",
    "USER": "qcloud",
    "HOME": "/home/qcloud",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "SHELL": "/bin/bash",
    "SHLVL": "3",
    "HOSTNAME": "host-7",
    "SCF_RUNTIME": "Python3.10",
    "SCF_FUNCTIONNAME": "hello",
    "SCF_FUNCTIONVERSION": "$LATEST",
    "TENCENTCLOUD_REGION": "ap-guangzhou",
    "TENCENTCLOUD_APPID": "1300000001",
    "TENCENTCLOUD_UID": "100000000001",
    "TENCENTCLOUD_UIN": "100000000001",
    "TENCENTCLOUD_TIMEZONE": "UTC",
    "COLOUR": "red",
    "HTTP_PROXY": "own",
}
_GOLDEN_NODE = _GOLDEN | {
    "SCF_RUNTIME": "Nodejs18.15",
    "NODE_PATH": "/var/user:/var/user/node_modules:/var/lang/node18/lib/node_modules:/opt:/opt/node_modules",
}
_KEYS = {"TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN"}
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")
_PYTHON = "import os\ndef main(event, context):\n    return dict(os.environ)\n"
_NODE = "exports.main = async () => ({ ...process.env });"
_WEB = """
import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        content = json.dumps(dict(os.environ)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
http.server.HTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
"""


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _OF_THE_CALLER:
        monkeypatch.setenv(name, _MARK)
    monkeypatch.setenv("PATH", f"{_path_with_node()}:{_MARK}")


def _path_with_node() -> str:
    node = shutil.which("node")
    return f"{Path(node).parent}:/usr/bin:/bin" if node else "/usr/bin:/bin"


def _of_event_function(cloud: Cloud, files: Mapping[str, str], runtime: str) -> dict[str, str]:
    cloud.create(files=files, Runtime=runtime, Environment=_OWN)
    found: dict[str, str] = json.loads(cloud.call("Invoke", FunctionName="hello")["Result"]["RetMsg"])
    return found


def _of_web_function(cloud: Cloud) -> dict[str, str]:
    bootstrap = "#!/bin/sh\nexec /var/lang/python310/bin/python3.10 app.py\n"
    files = {"scf_bootstrap": bootstrap, "app.py": _WEB}
    code = {"ZipFile": zip_text(files, modes={"scf_bootstrap": 0o100755})}
    cloud.create(Type="HTTP", Handler=None, Code=code, Environment=_OWN)
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")
    status, _, body = cloud.send("GET", "/_url/default/hello/")
    assert status == 200, body
    found: dict[str, str] = json.loads(body)
    return found


@pytest.fixture(params=["copy", pytest.param("namespace", marks=needs_namespaces)])
def isolated(request: pytest.FixtureRequest, caller: None) -> Iterator[Cloud]:
    with running(isolation=str(request.param), host_id="host-7") as started:
        yield started


@pytest.fixture
def namespaced(caller: None) -> Iterator[Cloud]:
    with running(isolation="namespace", host_id="host-7") as started:
        yield started


@needs_namespaces
def test_golden_environment_of_python_function(namespaced: Cloud) -> None:
    assert _of_event_function(namespaced, {"index.py": _PYTHON}, "Python3.10") == _GOLDEN


@needs_node
@needs_namespaces
def test_golden_environment_of_node_function(namespaced: Cloud) -> None:
    assert _of_event_function(namespaced, {"index.js": _NODE}, "Nodejs18.15") == _GOLDEN_NODE


@needs_namespaces
@pytest.mark.parametrize(
    ("runtime", "program"), [("Python3.7", "python37"), ("Python2.7", "python2"), ("Python3.6", "python3")]
)
def test_underscore_names_python_of_runtime(namespaced: Cloud, runtime: str, program: str) -> None:
    found = _of_event_function(namespaced, {"index.py": _PYTHON}, runtime)
    assert found["_"] == f"/var/lang/python3/bin/{program}"


@pytest.mark.parametrize("kind", ["python", pytest.param("node", marks=needs_node)])
def test_function_sees_documented_names_only(isolated: Cloud, kind: str) -> None:
    found = (
        _of_event_function(isolated, {"index.py": _PYTHON}, "Python3.10")
        if kind == "python"
        else _of_event_function(isolated, {"index.js": _NODE}, "Nodejs18.15")
    )
    assert [name for name, value in found.items() if _MARK in value] == []
    assert set(found) - {"TMPDIR"} == set(_GOLDEN)


def test_web_function_sees_no_variable_of_the_caller(isolated: Cloud) -> None:
    found = _of_web_function(isolated)
    assert [name for name, value in found.items() if _MARK in value] == []
    # The shell of the start script may add OLDPWD; a Python may need the folder of its library.
    assert set(found) - {"TMPDIR", "OLDPWD", "LD_LIBRARY_PATH", "LC_CTYPE"} == set(_GOLDEN) - {"USER"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "InvalidParameterValue.SystemEnvironment") for name in ("PATH", "_", "HOSTNAME", "_SCF_SERVER_PORT")),
        *(
            (name, "InvalidParameterValue.EnvironmentSystemProtect")
            for name in ("SCF_RUNTIME", "QCLOUD_X", "TENCENTCLOUD_UIN")
        ),
    ],
)
def test_own_variable_with_built_in_name_is_rejected(cloud: Cloud, name: str, code: str) -> None:
    variables = {"Variables": [{"Key": name, "Value": "x"}]}
    parameters = {
        "Handler": "index.main",
        "Runtime": "Python3.10",
        "Code": {"ZipFile": zip_text({"index.py": _PYTHON})},
    }
    assert cloud.error("CreateFunction", FunctionName="hello", Environment=variables, **parameters) == code
    cloud.create()
    assert cloud.error("UpdateFunctionConfiguration", FunctionName="hello", Environment=variables) == code


def test_role_gives_keys_that_the_server_accepts_for_two_hours(cloud: Cloud) -> None:
    cloud.create(files={"index.py": _PYTHON}, Role="reader")
    first, second = _returned(cloud), _returned(cloud)
    assert first.keys() >= _KEYS
    assert first["TENCENTCLOUD_SECRETID"].startswith("TMPID")
    assert _call_with(cloud, first) == _call_with(cloud, second) == ""
    assert _call_with(cloud, first | {"TENCENTCLOUD_SESSIONTOKEN": ""}) == "AuthFailure.TokenFailure"
    assert _call_with(cloud, first | {"TENCENTCLOUD_SECRETKEY": "x"}) == "AuthFailure.SignatureFailure"
    cloud.advance(2 * 3600 - 60)
    assert _call_with(cloud, first) == ""
    cloud.advance(120)
    assert _call_with(cloud, first) == "AuthFailure.SecretIdNotFound"
    assert _call_with(cloud, _returned(cloud)) == ""


def test_function_without_role_has_no_keys(cloud: Cloud) -> None:
    cloud.create(files={"index.py": _PYTHON})
    assert not _returned(cloud).keys() & _KEYS


def _returned(cloud: Cloud) -> dict[str, str]:
    found: dict[str, str] = json.loads(cloud.call("Invoke", FunctionName="hello")["Result"]["RetMsg"])
    return found


def _call_with(cloud: Cloud, variables: Mapping[str, str]) -> str:
    """The error code of a call signed with the keys of a function; empty if there is none."""
    headers = tc3_headers(
        cloud.address,
        "ListFunctions",
        b"{}",
        secret_id=variables["TENCENTCLOUD_SECRETID"],
        secret_key=variables["TENCENTCLOUD_SECRETKEY"],
    )
    headers["X-TC-Token"] = variables["TENCENTCLOUD_SESSIONTOKEN"]
    _, _, body = cloud.send("POST", "/", b"{}", headers)
    return str(json.loads(body)["Response"].get("Error", {}).get("Code", ""))


def test_home_of_function_is_private(isolated: Cloud) -> None:
    source = "import os\ndef main(event, context):\n    home = os.environ['HOME']\n"
    source += "    return [home, os.stat(home).st_mode & 0o777, os.listdir(home)]\n"
    isolated.create(files={"index.py": source})
    home, mode, content = json.loads(isolated.call("Invoke", FunctionName="hello")["Result"]["RetMsg"])
    assert (mode, content) == (0o700, [])
    assert home != "/tmp"
