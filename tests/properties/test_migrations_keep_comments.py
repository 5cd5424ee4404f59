"""Files in older forms with comments anywhere: all comments stay, and a second run has nothing to do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.config.migration import migrate_text
from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.diagnostics import Diagnostics

NAMED = """\
name: shop
Conf:
  component: serverless-global
  inputs:
    region: ap-shanghai
hello:
  component: "@serverless/tencent-scf"
  inputs:
    name: hello
    codeUri: ./code
    region: ${Conf.region}
    exclude:
      - a/**
    environment:
      variables:
        A: b
    handler: index.main
    events:
      - apigw:
          name: x
          parameters:
            endpoints:
              - path: /
      - timer:
          name: y
          parameters:
            cronExpression: "0 0 2 * * * *"
"""
SECOND = """\
again:
  component: "@serverless/tencent-scf"
  inputs:
    name: again
    handler: index.main
    unknown:
      - 1
"""
PLUGIN = """\
service: shop
provider:
  name: tencent
  runtime: Python3.6
  stage: prod
  environment:
    variables:
      A: b
plugins:
  - serverless-tencent-scf
package:
  exclude:
    - a/**
  include:
    - a/b
functions:
  one:
    handler: index.one
    environment:
      variables:
        C: d
    events:
      - apigw:
          name: x
          parameters:
            path: /
"""
PLUGIN_SECOND = """\
  two:
    handler: index.two
"""
TODAY = """\
component: multi-scf
name: shop
inputs:
  src: ./src
  functions:
    one:
      handler: index.one
  triggers:
    - type: apigw
      function: one
      parameters:
        apis:
          - path: /
            enableCORS: true
"""
FRAMEWORK = """\
component: express
name: shop
inputs:
  src: ./
  serviceId: service-x
  functionName: shop
  apigatewayConf:
    enableCORS: true
    protocols:
      - http
  functionConf:
    timeout: 10
"""
FILES = (NAMED, NAMED + SECOND, PLUGIN, PLUGIN + PLUGIN_SECOND, TODAY, FRAMEWORK)
INDENTS = (0, 2, 4, 6)


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, list[str]]:
    """One of the files with comments behind and between its lines, blank lines, and any line ends; the comments."""
    ends = draw(st.sampled_from(("\n", "\r\n")))
    lines: list[str] = []
    comments: list[str] = []
    for line in draw(st.sampled_from(FILES)).splitlines():
        kind = draw(st.sampled_from(("none", "none", "behind", "above", "blank")))
        words = f"# 注释 {len(comments)}."
        if kind == "above":
            lines.append(" " * draw(st.sampled_from(INDENTS)) + words)
        if kind == "blank":
            lines.append("")
        lines.append(f"{line} {words}" if kind == "behind" else line)
        if kind in ("above", "behind"):
            comments.append(words)
    return ends.join(lines) + draw(st.sampled_from(("", ends))), comments


@given(commented())
def test_migration_keeps_comments_and_is_idempotent(file: tuple[str, list[str]]) -> None:
    text, comments = file

    migrated = migrate_text(text, "serverless.yml", default_name="shop")

    assert [one for one in migrated.diagnostics if one.severity == "error"] == []
    assert migrated.text != text
    assert [comment for comment in comments if comment not in migrated.text] == []
    assert ("\r\n" in migrated.text) == ("\r\n" in text)
    assert migrated.text.count("\r") in (0, migrated.text.count("\n"))
    again = migrate_text(migrated.text, "serverless.yml", default_name="shop")
    assert again.text == migrated.text
    assert list(again.diagnostics) == []


@given(commented())
def test_comments_do_not_change_migrated_project(file: tuple[str, list[str]]) -> None:
    text, _ = file
    bare = "\n".join(
        line.partition(" # 注释")[0]
        for line in text.replace("\r\n", "\n").split("\n")
        if not line.lstrip().startswith("#")
    )

    assert values(migrate_text(text, "a", default_name="a").text) == values(
        migrate_text(bare, "a", default_name="a").text
    )


def values(text: str) -> object:
    found = parse(text.replace("\r\n", "\n"), "a", Diagnostics())
    assert isinstance(found, MappingNode)
    return plain(found)


def plain(node: object) -> object:
    match node:
        case MappingNode():
            return {entry.key.text: plain(entry.value) for entry in node}
        case _:
            return getattr(node, "text", None) or [plain(item) for item in getattr(node, "items", ())]
