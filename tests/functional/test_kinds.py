"""multi-scf and web frameworks on the command line: applied, unchanged, destroyed."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

MULTI = """\
component: multi-scf
name: shop
app: mall
inputs:
  src: ./src
  runtime: Python3.10
  memorySize: {memory}
  environments:
    - key: TABLE
      value: orders
  functions:
    read:
      handler: index.main_handler
    write:
      handler: index.main_handler
      src: ./write
  triggers:
    - type: http
      function: read
      parameters: {{netConfig: {{enableExtranet: true}}}}
    - type: timer
      function: write
      parameters:
        name: nightly
        cronExpression: "0 0 2 * * * *"
        enable: true
"""
EXPRESS = """\
component: express
name: site
app: shop
inputs:
  src: {src: ./web, hook: "echo '// built' > built.js"}
  runtime: Nodejs18.15
  functionConf: {timeout: 30}
  apigatewayConf: {enableCORS: true}
"""
HANDLER = "def main_handler(event, context):\n    return {word!r}\n"


def multi(folder: Path, memory: int = 256) -> Path:
    for path, word in (("src", "reads"), ("src/write", "writes")):
        (folder / path).mkdir(parents=True, exist_ok=True)
        (folder / path / "index.py").write_text(HANDLER.format(word=word))
    (folder / "serverless.yml").write_text(MULTI.format(memory=memory))
    return folder


def express(folder: Path) -> Path:
    (folder / "web").mkdir()
    (folder / "web" / "app.js").write_text("require('express')().listen(9000);\n")
    (folder / "serverless.yml").write_text(EXPRESS)
    return folder


def test_several_functions_are_deployed(tmp_path: Path, cloud: LocalServer) -> None:
    folder = multi(tmp_path)
    applied = scfdeploy("apply", folder, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    outputs = applied.document["outputs"]["shop"]
    assert set(outputs) == {"read", "write"}
    assert outputs["write"]["name"] == "shop-dev-mall-write"
    assert outputs["read"]["url"].startswith("http")
    assert scfdeploy("plan", folder, "--detailed-exitcode", env=cloud.env).exit_code == 0
    for key, word in (("read", "reads"), ("shop-dev-mall-write", "writes")):
        called = scfdeploy("invoke", key, "--path", folder, "--format", "json", env=cloud.env)
        assert called.document["result"] == word

    changed = scfdeploy("plan", multi(folder, 512), "--format", "json", env=cloud.env).document
    assert changed["summary"] == {"create": 0, "update": 2, "replace": 0, "delete": 0, "unchanged": 2}
    assert scfdeploy("destroy", folder, "--yes", env=cloud.env).exit_code == 0
    assert cloud.calls().count("DeleteFunction") == 2


def test_outputs_of_several_functions_are_shown_by_their_keys(tmp_path: Path, cloud: LocalServer) -> None:
    shown = scfdeploy("apply", multi(tmp_path), "--yes", env=cloud.env).stdout
    assert "shop.read" in shown


def test_framework_is_deployed_with_its_start_program(tmp_path: Path, cloud: LocalServer) -> None:
    folder = express(tmp_path)
    applied = scfdeploy("apply", folder, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    assert applied.document["outputs"]["site"]["url"].startswith("http")
    (archive,) = (folder / ".scfdeploy" / "cache").rglob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        assert sorted(packed.namelist()) == ["app.js", "built.js", "scf_bootstrap"]
        started = packed.read("scf_bootstrap").decode()
        assert started.endswith("exec /var/lang/node18/bin/node app.js\n")
        assert packed.getinfo("scf_bootstrap").external_attr >> 16 & 0o111
    assert scfdeploy("plan", folder, "--detailed-exitcode", env=cloud.env).exit_code == 0
    assert scfdeploy("destroy", folder, "--yes", env=cloud.env).exit_code == 0
