"""An unset variable in the place of any value is one error, without errors that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import Severity
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request

FUNCTION = """\
component: scf
name: hello
app: shop
stage: dev
inputs:
  name: hello
  namespace: default
  region: ap-guangzhou
  src:
    src: ./src
    exclude:
      - "*.md"
    include:
      - source: ./more
        prefix: ../
  runtime: Python3.10
  handler: index.main_handler
  type: event
  memorySize: 128
  timeout: 10
  initTimeout: 65
  role: SCF_Role
  environment:
    variables:
      LEVEL: debug
  vpcConfig:
    vpcId: vpc-aaaa1111
    subnetId: subnet-bbbb2222
  layers:
    - name: deps
      version: 1
  deadLetter:
    type: CMQ-QUEUE
    name: dead
  cfs:
    - cfsId: cfs-abcd1234
      localMountDir: /mnt/a
      remoteMountDir: /
  tags:
    team: orders
  publish: true
  traffic: 0.5
  events:
    - timer:
        name: nightly
        parameters:
          cronExpression: "0 0 2 * * * *"
          enable: true
    - cos:
        parameters:
          bucket: photos-1250000000.cos.ap-guangzhou.myqcloud.com
          events: cos:ObjectCreated:*
          filter:
            suffix: .jpg
    - http:
        parameters:
          authType: NONE
"""
WEB = """\
component: scf
name: site
inputs:
  src:
    src: ./
    dist: ./web
    hook: make
  runtime: Nodejs18.15
  type: web
  startCmd: node app.js
  protocolType: WS
  protocolParams:
    wsParams:
      idleTimeOut: 10
"""
FRAMEWORK = """\
component: http
name: site
inputs:
  src: ./web
  faas:
    framework: express
    runtime: Nodejs18.15
    name: site
    entryFile: app.js
    environments:
      - key: LEVEL
        value: debug
  apigw:
    api:
      cors: true
      qualifier: prod
"""
SEVERAL = """\
component: multi-scf
name: shop
inputs:
  src: ./
  runtime: Python3.10
  functions:
    orders:
      src: ./src
      handler: index.main_handler
      name: orders
    bills:
      src: src
      handler: index.main_handler
  triggers:
    - type: timer
      function: orders
      parameters:
        cronExpression: "0 0 2 * * * *"
    - type: http
      function: bills
      parameters:
        authType: NONE
"""
LAYER = """\
component: layer
name: deps
inputs:
  name: deps
  src:
    src: ./web
    targetDir: /node_modules
  runtimes:
    - Nodejs18.15
"""


@pytest.mark.parametrize(
    "text", [FUNCTION, WEB, FRAMEWORK, SEVERAL, LAYER], ids=["scf", "web", "http", "multi", "layer"]
)
def test_unset_variable_is_the_only_error_at_each_place(tmp_path: Path, text: str) -> None:
    for name, content in (
        ("src/index.py", "def main_handler(event, context):\n    return 1\n"),
        ("src/more/data.txt", ""),
        ("web/app.js", "require('http').createServer().listen(9000)\n"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert _errors(tmp_path, text) == []
    places = list(_with_unset_variable(text))
    assert len(places) > 4
    assert {line: _errors(tmp_path, changed) for line, changed in places} == {
        line: ["variable-unset"] for line, _ in places
    }


def _with_unset_variable(text: str) -> Iterator[tuple[str, str]]:
    """Each line with a value, and the text with a variable in the place of that value."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = re.fullmatch(r"(\s*(?:- )?(?:\w+: )?)(\S.*[^:\s]|\S)", line)
        if match is not None and not line.startswith("component"):
            changed = [*lines[:number], f"{match[1]}${{env:NOT_SET}}", *lines[number + 1 :], ""]
            yield f"{number + 1}: {line.strip()}", "\n".join(changed)


def _errors(folder: Path, text: str) -> list[str]:
    (folder / "serverless.yml").write_text(text)
    checked = load_and_check(Request(".", LoadOptions(cwd=str(folder))), advise=True, read_code=True)
    return [found.rule for found in checked.findings.diagnostics if found.severity is Severity.ERROR]
