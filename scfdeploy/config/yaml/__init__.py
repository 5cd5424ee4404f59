"""Parse YAML into a tree in which every key and value has its position and style."""

from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.config.yaml.parser import parse

__all__ = ["Entry", "MappingNode", "Node", "ScalarNode", "SequenceNode", "Style", "is_broken", "is_null", "parse"]
