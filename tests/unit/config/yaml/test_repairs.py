"""Repairs of a damaged line: the file has its old structure again, or the damage is reported."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from scfdeploy.config.yaml import MappingNode, Node, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.diagnostics.edits import SourceText

Data: TypeAlias = "str | list[Data] | dict[str, Data] | None"

FILE = """\
component: scf
name: hello
inputs:
  src:
    src: ./
    exclude:
      - '.env'
      - '*.md' # documents
  runtime: Nodejs18.15
  environment:
    variables:
      LEVEL: debug
      MODE: a
  layers:
    - name: tools
      version: 1
    - name: base
      version: 2
  events:
    - timer:
        parameters:
          name: night
          cronExpression: '0 0 2 * * * *'
          enable: true
    - cos:
        parameters:
          bucket: a-1250000000.cos.ap-guangzhou.myqcloud.com
          filter:
            prefix: in/
          enable: true
  timeout: 20
"""
LINES = FILE.split("\n")
DAMAGES = {
    "right": lambda line: f" {line}",
    "left": lambda line: line[1:] if line.startswith(" ") else line,
    "two left": lambda line: line[2:] if line.startswith("  ") else line,
    "no dash": lambda line: line.replace("- ", "", 1),
    "no colon": lambda line: line[:-1] if line.endswith(":") else line,
}


@pytest.mark.parametrize(
    ("damage", "fewest"), [("right", 26), ("left", 23), ("two left", 3), ("no dash", 2), ("no colon", 11)]
)
def test_damaged_line_is_restored_or_reported(damage: str, fewest: int) -> None:
    restored = 0
    for number, line in enumerate(LINES):
        text = "\n".join([*LINES[:number], DAMAGES[damage](line), *LINES[number + 1 :]])
        if text == FILE or data(text) is not None:
            continue  # the damage is not a mistake of YAML
        repaired = repair(text)
        result = data(repaired)
        assert result is None or result == data(FILE), f"line {number + 1}:\n{repaired}"
        restored += result is not None
    assert restored >= fewest


def test_comment_within_a_moved_block_stays() -> None:
    block = "  vpcConfig:\n# of the network\n    vpcId: vpc-1\n    subnetId: subnet-1\n"
    damaged = block.replace("  vpcConfig", "   vpcConfig").replace("    ", "     ")

    assert repair(FILE.replace("  timeout: 20\n", damaged)) == FILE.replace("  timeout: 20\n", block)


def repair(text: str) -> str:
    """The text with all fixes applied, in rounds."""
    for _ in range(10):
        diagnostics = Diagnostics()
        parse(text, "serverless.yml", diagnostics)
        fixes = [finding.fix for finding in diagnostics if finding.fix]
        text, _applied = SourceText(text).edited(fixes)
        if not fixes:
            return text
    raise AssertionError("the fixes do not end")


def data(text: str) -> Data:
    """The content of a text; None if it has a mistake."""
    diagnostics = Diagnostics()
    tree = parse(text, "serverless.yml", diagnostics)
    return None if diagnostics.has_errors or tree is None else content(tree)


def content(node: Node) -> Data:
    match node:
        case MappingNode():
            return {entry.key.text: content(entry.value) for entry in node}
        case SequenceNode(items=items):
            return [content(item) for item in items]
    return node.text
