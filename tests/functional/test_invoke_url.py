"""`invoke` of a function by its URL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer

CODE = """\
def main(event, context):
    print("saw", event["path"])
    if event["path"] == "/fail":
        raise ValueError("no")
    if event["path"] == "/image":
        return {"statusCode": 200, "isBase64Encoded": True, "body": "/wA=", "headers": {"Content-Type": "image/png"}}
    if event["path"] == "/login":
        return {"statusCode": 302, "headers": {"Location": "/other"}, "body": ""}
    if event["path"] == "/missing":
        return {"statusCode": 404, "body": "not here"}
    return event
"""
HTTP = "  events:\n    - http:\n        parameters: {authType: CAM}\n"


@pytest.fixture
def project(tmp_path: Path, cloud: LocalServer) -> Path:
    return deploy(tmp_path, cloud, HTTP)


def deploy(folder: Path, cloud: LocalServer, more: str) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text(CODE)
    (folder / "serverless.yml").write_text(
        "component: scf\nname: hello\ninputs:\n  name: hello\n  runtime: Python3.10\n  handler: index.main\n"
        f"  src: ./src\n{more}"
    )
    applied = scfdeploy("apply", folder, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    return folder


def invoke(project: Path, cloud: LocalServer, *arguments: str, stdin: str = "") -> Ran:
    return scfdeploy("invoke", "--project", project, *arguments, env=cloud.env, stdin=stdin)


def document(project: Path, cloud: LocalServer, *arguments: str, stdin: str = "") -> dict:
    return invoke(project, cloud, *arguments, "--format", "json", stdin=stdin).document


def test_request_reaches_the_function(project: Path, cloud: LocalServer) -> None:
    answer = document(
        project,
        cloud,
        "hello",
        "--method",
        "post",
        "--path",
        "/a?b=c",
        "--header",
        "X-Colour: red",
        "--body",
        '{"n": 1}',
    )
    assert answer["ok"] is True
    event = answer["result"]
    assert (event["httpMethod"], event["path"], event["queryString"]) == ("POST", "/a", {"b": "c"})
    assert (event["body"], event["headers"]["x-colour"]) == ('{"n": 1}', "red")
    assert event["headers"]["content-type"] == "application/json"
    assert (answer["statusCode"], answer["error"], answer["log"]) == (200, None, "saw /a")
    http = answer["http"]
    assert (http["method"], http["url"], http["status"]) == ("POST", f"{cloud.url}/hello/a?b=c", 200)
    assert json.loads(http["body"]) == event
    assert {"name": "X-Scf-Request-Id", "value": answer["requestId"]} in http["headers"]


def test_text_shows_status_body_and_log(project: Path, cloud: LocalServer) -> None:
    shown = invoke(project, cloud, "hello", "--method", "GET", "--path", "/missing")
    assert shown.exit_code == 1
    assert shown.stdout.startswith("HTTP 404 Not Found\n\nnot here\n\nLog:\n  saw /missing\n\n")
    assert "Content-Type" not in shown.stdout
    with_headers = invoke(project, cloud, "hello", "--method", "GET", "--path", "/missing", "--show-headers").stdout
    assert "\nContent-Type: application/json\n" in with_headers


def test_redirect_is_shown_and_not_followed(project: Path, cloud: LocalServer) -> None:
    shown = invoke(project, cloud, "hello", "--method", "GET", "--path", "/login")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("HTTP 302 Found\nLocation: /other\nRedirects are not followed.\n")


def test_function_that_fails_has_its_documented_status(project: Path, cloud: LocalServer) -> None:
    answer = document(project, cloud, "hello", "--method", "GET", "--path", "/fail")
    assert (answer["ok"], answer["statusCode"], answer["result"]) == (False, 430, None)
    assert "no" in answer["error"]["message"]
    shown = invoke(project, cloud, "hello", "--method", "GET", "--path", "/fail")
    assert "HTTP 502 Bad Gateway\n430 " in shown.stdout
    assert "scfdeploy explain 430" in shown.stdout


def test_binary_body_is_not_printed(project: Path, cloud: LocalServer) -> None:
    assert "\n(2 B of image/png)\n" in invoke(project, cloud, "hello", "--method", "GET", "--path", "/image").stdout
    http = document(project, cloud, "hello", "--method", "GET", "--path", "/image")["http"]
    assert (http["body"], http["isBase64Encoded"]) == ("/wA=", True)


def test_body_comes_from_a_file_or_from_stdin(project: Path, cloud: LocalServer) -> None:
    (project / "body").write_text("from a file")
    body = f"@{project / 'body'}"
    assert document(project, cloud, "--method", "PUT", "--body", body)["result"]["body"] == "from a file"
    assert document(project, cloud, "--method", "PUT", "--body", "@-", stdin="piped")["result"]["body"] == "piped"
    missing = invoke(project, cloud, "--method", "PUT", "--body", "@nothing")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (1, True)


def test_secret_header_is_in_no_message(project: Path, cloud: LocalServer) -> None:
    for header in ("Authorization: Bearer s3cret-value-77", "X-Api-Key: s3cret-value-77"):
        shown = invoke(project, cloud, "--method", "GET", "--header", header, "--debug")
        assert shown.exit_code == 0, shown.stderr
        assert "s3cret-value-77" not in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--method", "BREW"), "--method takes GET"),
        (("--method", "GET", "--path", "a"), "begins with a slash"),
        (("--method", "GET", "--path", "/a\nb"), "begins with a slash"),
        (("--method", "GET", "--header", "s3cret-value-77"), "--header takes KEY:VALUE"),
        (("--method", "GET", "--header", "A: b\r\nC: d"), "--header takes KEY:VALUE"),
        (("--method", "GET", "--header", "Host: evil"), "--header cannot set Host"),
        (("--method", "GET", "--data", "1", "--body", "1"), "only one of --data and --body"),
        (("--method", "GET", "--event", "x"), "cannot be combined"),
        (("--method", "GET", "--async"), "cannot be combined"),
        (("--body", "x"), "require --method"),
        (("--path", "/x"), "give one of them"),
    ],
)
def test_wrong_use_is_a_usage_error(project: Path, cloud: LocalServer, arguments: tuple[str, ...], words: str) -> None:
    shown = invoke(project, cloud, *arguments)
    assert shown.exit_code == 2
    assert words in " ".join(shown.stderr.split())
    assert "s3cret" not in shown.stderr


def test_path_of_a_request_without_method_says_what_is_missing(cloud: LocalServer) -> None:
    shown = scfdeploy("invoke", "hello", "--path", "/no-such-folder/orders", env=cloud.env)
    assert shown.exit_code == 2
    assert "add --method GET" in " ".join(shown.stderr.split())


def test_function_without_url_says_what_it_needs(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, cloud, "")
    shown = invoke(tmp_path, cloud, "hello", "--method", "GET")
    assert shown.exit_code == 1
    assert "function/default/hello has no URL" in shown.stderr
    assert "type http" in shown.stderr
    assert "does not exist" in invoke(tmp_path, cloud, "nobody", "--method", "GET").stderr


WEB = """\
#!/bin/sh
exec /var/lang/python310/bin/python3.10 -u -m http.server 9000
"""


def test_web_function_is_called_by_its_url_without_options(tmp_path: Path, cloud: LocalServer) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "scf_bootstrap").write_text(WEB)
    (tmp_path / "site" / "scf_bootstrap").chmod(0o755)
    (tmp_path / "site" / "index.html").write_text("<p>hello")
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: site\ninputs:\n  name: site\n  type: web\n  runtime: Python3.10\n  src: ./site\n"
    )
    assert scfdeploy("apply", tmp_path, "--yes", env=cloud.env).exit_code == 0
    shown = invoke(tmp_path, cloud, "site")
    assert shown.stdout.startswith("HTTP 200 OK\n\n<p>hello\n"), shown
    event = invoke(tmp_path, cloud, "site", "--data", "{}")
    assert (event.exit_code, "takes no events" in event.stderr) == (1, True)
