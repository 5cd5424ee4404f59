"""Local function URLs: event functions over HTTP, and web functions that listen on port 9000."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.support.emulator import Cloud, zip_text

ANSWERS = """
def echo(event, context):
    return event

def page(event, context):
    return {"statusCode": 201, "headers": {"Content-Type": "text/html", "X-A": ["1", "2"]}, "body": "<p>"}

def image(event, context):
    return {"statusCode": 200, "isBase64Encoded": True, "body": "AAE="}

def wrong(event, context):
    return {"statusCode": "many"}

def fail(event, context):
    raise ValueError("no")

def infinite(event, context):
    return {"statusCode": float("inf")}
"""
WEB = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/exit":
            os._exit(1)
        if self.path == "/sleep":
            import time
            time.sleep(30)
        text = f"{self.path} {body.decode()} {self.headers['X-Scf-Name']} {os.environ['COLOUR']}".encode()
        self.send_response(202)
        self.send_header("Content-Type", "text/x-echo")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

HTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
"""
BOOTSTRAP = "#!/bin/sh\n/var/lang/python310/bin/python3.10 -u app.py\n"


def open_url(cloud: Cloud) -> None:
    cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")


@pytest.fixture
def answers(cloud: Cloud) -> Cloud:
    cloud.create(files={"index.py": ANSWERS}, Handler="index.echo")
    open_url(cloud)
    return cloud


def handled_by(cloud: Cloud, name: str) -> Any:
    cloud.call(
        "UpdateFunctionCode", FunctionName="hello", Handler=f"index.{name}", ZipFile=zip_text({"index.py": ANSWERS})
    )
    return cloud.send("GET", "/_url/default/hello/")


def test_event_function_receives_request_as_event(answers: Cloud) -> None:
    status, headers, body = answers.send("POST", "/_url/default/hello/a/b?x=1&y=", b"hi", {"X-Colour": "red"})
    event = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/a/b", "hi")
    assert event["queryString"] == {"x": "1", "y": ""}
    assert event["headers"]["x-colour"] == "red"
    assert event["headers"]["x-scf-remote-addr"] == "127.0.0.1"


def test_url_finds_function_of_another_region(cloud: Cloud) -> None:
    cloud.create(region="ap-shanghai")
    cloud.call(
        "CreateTrigger", region="ap-shanghai", FunctionName="hello", TriggerName="u", Type="http", TriggerDesc="{}"
    )
    assert cloud.send("GET", "/_url/default/hello/")[0] == 200


def test_event_function_returns_response_object(answers: Cloud) -> None:
    status, headers, body = handled_by(answers, "page")
    assert (status, headers["Content-Type"], body) == (201, "text/html", b"<p>")
    assert headers.get_all("X-A") == ["1", "2"]
    assert handled_by(answers, "image")[2] == b"\0\1"


@pytest.mark.parametrize(("name", "code"), [("wrong", 403), ("infinite", 403), ("fail", 430)])
def test_function_error_returns_documented_status(answers: Cloud, name: str, code: int) -> None:
    status, _, body = handled_by(answers, name)
    assert status == 502
    assert json.loads(body)["statusCode"] == code


def test_function_without_open_url_returns_404(cloud: Cloud) -> None:
    cloud.create()
    assert cloud.send("GET", "/_url/default/hello/")[0] == 404
    assert cloud.send("GET", "/_url/default/nobody/")[0] == 404
    open_url(cloud)
    assert cloud.send("GET", "/_url/default/hello/")[0] == 200
    assert cloud.send("GET", "/_url/default/hello/", b"", {"Origin": "https://evil.example"})[0] == 403


def web(cloud: Cloud, files: dict[str, str], **parameters: Any) -> None:
    modes = {"scf_bootstrap": parameters.pop("mode", 0o100755)}
    code = {"ZipFile": zip_text(files, modes=modes)}
    variables = {"Variables": [{"Key": "COLOUR", "Value": parameters.pop("colour", "red")}]}
    cloud.create(Type="HTTP", Handler=None, Code=code, Environment=variables, **parameters)
    open_url(cloud)


def test_web_function_returns_its_response(cloud: Cloud) -> None:
    web(cloud, {"scf_bootstrap": BOOTSTRAP, "app.py": WEB})
    for _ in range(2):
        status, headers, body = cloud.send("POST", "/_url/default/hello/a?b=1", b"hi")
        assert (status, headers["Content-Type"], body) == (202, "text/x-echo", b"/a?b=1 hi hello red")


@pytest.mark.parametrize(("path", "code"), [("exit", 439), ("sleep", 433)])
def test_web_function_without_response_returns_documented_status(cloud: Cloud, path: str, code: int) -> None:
    web(cloud, {"scf_bootstrap": BOOTSTRAP, "app.py": WEB}, Timeout=1)
    status, _, body = cloud.send("POST", f"/_url/default/hello/{path}", b"hi")
    assert (status, json.loads(body)["statusCode"]) == (502, code)


@pytest.mark.parametrize(
    ("files", "mode", "code", "words"),
    [
        ({"app.py": WEB}, 0o100755, 445, "has no scf_bootstrap"),
        ({"scf_bootstrap": BOOTSTRAP}, 0o100644, 445, "not executable"),
        ({"scf_bootstrap": BOOTSTRAP}, 0o100755, 405, "ended before it listened"),
        ({"scf_bootstrap": "no script"}, 0o100755, 445, "cannot be started"),
        ({"scf_bootstrap": "#!/no/such/program\n"}, 0o100755, 445, "cannot be started"),
    ],
)
def test_web_function_that_does_not_start_returns_documented_status(
    cloud: Cloud, files: dict[str, str], mode: int, code: int, words: str
) -> None:
    web(cloud, files, mode=mode)
    status, _, body = cloud.send("POST", "/_url/default/hello/", b"")
    assert status == 502
    assert json.loads(body)["statusCode"] == code
    assert words in json.loads(body)["errorMessage"]


@pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no node")
def test_node_web_function_uses_local_node(cloud: Cloud) -> None:
    script = "require('http').createServer((q, a) => a.end('node ' + q.url)).listen(9000, '0.0.0.0');"
    bootstrap = "#!/bin/sh\n/var/lang/node18/bin/node app.js\n"
    web(cloud, {"scf_bootstrap": bootstrap, "app.js": script}, Runtime="Nodejs18.15")
    assert cloud.send("GET", "/_url/default/hello/x")[2] == b"node /x"


RAW = """
import os, socket, sys, time
listener = socket.create_server(("127.0.0.1", 9000))
while True:
    connection, _ = listener.accept()
    if not connection.recv(65536):
        continue
    try:
        if os.environ["COLOUR"] == "drip":
            head = b"HTTP/1.1 200 OK\\r\\nContent-Length: 1000000\\r\\n\\r\\n"
        elif os.environ["COLOUR"] == "drip of continues":
            head = b""
        elif os.environ["COLOUR"] == "cut":
            head = b"HTTP/1.1 200 OK\\r\\nContent-Length: 1000\\r\\n\\r\\nab"
        else:
            head = b"HTTP/1.1 200 OK\\r\\n\\r\\n"
        connection.sendall(head)
        while os.environ["COLOUR"] != "cut":
            if os.environ["COLOUR"] == "flood":
                connection.sendall(b"x" * 65536)
                continue
            connection.sendall(b"x" if head else b"HTTP/1.1 100 Continue\\r\\n\\r\\n")
            time.sleep(0.05)
    except OSError:
        pass
    connection.close()
"""


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ("flood", 407, "larger than 6 MB"),
        ("drip", 433, "timed out after 1 seconds"),
        ("drip of continues", 433, "timed out after 1 seconds"),
        ("cut", 439, "without a response"),
    ],
)
def test_web_function_with_endless_response_is_stopped(cloud: Cloud, answer: str, code: int, words: str) -> None:
    files = {"scf_bootstrap": BOOTSTRAP, "app.py": RAW}
    web(cloud, files, Timeout=1, colour=answer)
    status, _, body = cloud.send("GET", "/_url/default/hello/")
    told = json.loads(body)
    assert (status, told["statusCode"]) == (502, code)
    assert words in told["errorMessage"]


def test_event_function_with_endless_report_is_stopped(cloud: Cloud) -> None:
    flood = (
        "import fcntl, os, stat\n"
        "def main(event, context):\n"
        "    pipes = [n for n in map(int, os.listdir('/dev/fd')) if n > 2 and _is_pipe(n)]\n"
        "    while True:\n"
        "        for number in pipes:\n"
        "            os.write(number, b'x' * 60000)\n"
        "def _is_pipe(number):\n"
        "    try:\n"
        "        can_write = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY\n"
        "        return can_write and stat.S_ISFIFO(os.fstat(number).st_mode)\n"
        "    except OSError:\n"
        "        return False\n"
    )
    cloud.create(files={"index.py": flood}, Timeout=60)
    result = cloud.call("Invoke", FunctionName="hello")["Result"]
    assert "larger than 6 MB" in result["ErrMsg"]
