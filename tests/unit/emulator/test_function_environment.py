"""The environment of a local function: the documented variables and its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.emulator import Cloud, zip_text

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
# Beyond the documented table: the time zone of the platform, and what programs set for themselves.
_ALSO = {"TZ", "LC_CTYPE", "_", "SHLVL", "OLDPWD", "PWD"}
_DOCUMENTED = {
    *("TENCENTCLOUD_RUNENV", "TENCENTCLOUD_RUNTIMEENV", "TENCENTCLOUD_REGION", "TENCENTCLOUD_APPID"),
    *("TENCENTCLOUD_UIN", "TENCENTCLOUD_UID", "TENCENTCLOUD_TIMEZONE", "_SCF_SERVER_PORT", "TRIGGER_SRC"),
    *("SCF_RUNTIME", "SCF_FUNCTIONNAME", "SCF_FUNCTIONVERSION", "SCF_NAMESPACE", "USER_CODE_ROOT"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "NODE_PATH", "PWD", "HOME", "PATH", "LD_LIBRARY_PATH"),
    *("USER", "LOGNAME", "LANG", "LC_ALL"),
}
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


@pytest.mark.usefixtures("caller")
@pytest.mark.parametrize("kind", ["python", "node", "web"])
def test_function_sees_no_variable_of_the_caller(cloud: Cloud, kind: str) -> None:
    if kind == "node" and shutil.which("node") is None:
        pytest.skip("this machine has no node")
    seen = (
        _of_event_function(cloud, {"index.py": _PYTHON}, "Python3.10")
        if kind == "python"
        else _of_event_function(cloud, {"index.js": _NODE}, "Nodejs18.15")
        if kind == "node"
        else _of_web_function(cloud)
    )
    assert [name for name, value in seen.items() if _MARK in value] == []
    assert set(seen) - _DOCUMENTED - _ALSO == {"COLOUR", "HTTP_PROXY"}
    assert (seen["COLOUR"], seen["HTTP_PROXY"], seen["SCF_FUNCTIONNAME"]) == ("red", "own", "hello")


def test_home_of_function_is_private(cloud: Cloud) -> None:
    source = "import os\ndef main(event, context):\n    home = os.environ['HOME']\n"
    source += "    return [home, os.stat(home).st_mode & 0o777, os.listdir(home)]\n"
    cloud.create(files={"index.py": source})
    home, mode, content = json.loads(cloud.call("Invoke", FunctionName="hello")["Result"]["RetMsg"])
    assert (mode, content) == (0o700, [])
    assert home != "/tmp"
