"""YAML text to a tree of our own in which every key and value knows its place and how it was written."""

from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.config.yaml.parser import parse

__all__ = ["Entry", "MappingNode", "Node", "ScalarNode", "SequenceNode", "Style", "parse"]
