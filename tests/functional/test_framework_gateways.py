"""The gateway of a web framework, in every documented form: the URL that replaces it is that of the migrated file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import scfdeploy

FILE = """\
component: {component}
name: site
inputs:
  src: ./web
  runtime: Nodejs18.15
  {gateway}
"""
CORS = {
    "corsConfig.enable": True,
    **{f"corsConfig.{name}": ["*"] for name in ("origins", "methods", "headers")},
}
PRIVATE = {"netConfig.enableIntranet": True, "netConfig.enableExtranet": False}


def _url(folder: Path) -> dict[str, Any]:
    """The settings of the planned URL."""
    changes = scfdeploy("plan", folder, "--local", "--format", "json").document["changes"]
    (url,) = (change for change in changes if change["address"].startswith("trigger/"))
    fields = {field["path"]: field["after"] for field in url["fields"]}
    return {path: value for path, value in fields.items() if (path, value) != ("qualifier", "$DEFAULT")}


@pytest.mark.parametrize(
    ("gateway", "expected", "lost"),
    [
        ("apigw: {cors: true, protocols: [https]}", CORS, ""),
        ("apigw: {api: {cors: true, timeout: 15, name: a, qualifier: prod}}",
         {**CORS, "qualifier": "prod"}, ""),
        ("apigatewayConf: {enableCORS: true, cors: false}", CORS, ""),
        ("apigatewayConf: {function: {functionQualifier: prod}}", {"qualifier": "prod"}, ""),
        ("apigatewayConf: {netTypes: [INNER], name: a, tags: [{key: a, value: b}]}", PRIVATE, ""),
        ("apigatewayConf: {qualifier: $DEFAULT, isBase64Encoded: false, environment: release}", {}, ""),
        ("apigw: {api: {timeout: 60}, id: service-1, cors: {allowOrigins: ['*']}}", {}, "timeout, id, cors"),
    ],
)  # fmt: skip
def test_url_is_that_of_the_migrated_file(tmp_path: Path, gateway: str, expected: dict[str, Any], lost: str) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "app.js").write_text("require('http').createServer().listen(9000)\n")
    file = tmp_path / "serverless.yml"
    file.write_text(FILE.format(component="express", gateway=gateway))
    found = scfdeploy("validate", tmp_path, "--format", "json").document["diagnostics"]
    before = _url(tmp_path)
    assert scfdeploy("migrate", tmp_path, "--write").exit_code == 0
    assert "http:" in file.read_text()
    assert before == {"authType": "NONE", **expected}
    assert _url(tmp_path) == before
    assert [one["detail"].partition("Not carried over: ")[2] for one in found] == ([f"{lost}."] if lost else [])
