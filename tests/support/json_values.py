"""A serverless.yml as the plain data that an editor checks against a schema: what YAML 1.2 makes of it."""

from __future__ import annotations

from typing import Any

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, Style, parse
from scfdeploy.config.yaml.nodes import boolean, integer, is_null, number
from scfdeploy.diagnostics import Diagnostics


def data_of(text: str) -> Any:
    """The data of a file that is good YAML."""
    found = Diagnostics()
    tree = parse(text, "serverless.yml", found)
    assert tree is not None, list(found)
    return _plain(tree)


def _plain(node: Node) -> Any:
    match node:
        case MappingNode():
            return {entry.key.text: _plain(entry.value) for entry in node}
        case SequenceNode(items=items):
            return [_plain(item) for item in items]
        case ScalarNode(style=Style.PLAIN):
            return _meaning(node)
        case ScalarNode(text=text):
            return text


def _meaning(node: ScalarNode) -> Any:
    if is_null(node):
        return None
    for reading in (boolean, integer, number):
        value = reading(node.text)
        if value is not None:
            return value
    return node.text
