"""What a scalar means by the core schema of YAML 1.2: `yes`, `0123` and `12:30` are text there, as people expect."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.nodes import Node, ScalarNode, Style

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_NUMBER = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


def is_null(node: Node) -> bool:
    """Whether a value says nothing: empty, `~` or `null`, without quotes."""
    return isinstance(node, ScalarNode) and node.style is Style.PLAIN and node.text in _NULLS


def is_blank(node: Node) -> bool:
    """Whether nothing at all is written where a value could stand."""
    return isinstance(node, ScalarNode) and node.style is Style.PLAIN and not node.text


def boolean(text: str) -> bool | None:
    """The truth value that a text stands for, or None."""
    return _BOOLEANS.get(text)


def integer(text: str) -> int | None:
    """The whole number that a text stands for, or None. A leading zero (`010`) is refused: readers disagree on it."""
    if len(text) > 20 or re.fullmatch(_INTEGER, text) is None:
        return None
    if text.startswith(("0o", "0x")):
        return int(text, 0)
    digits = text.lstrip("+-")
    return int(text) if digits == "0" or not digits.startswith("0") else None


def number(text: str) -> int | float | None:
    """The number that a text stands for, or None."""
    whole = integer(text)
    if whole is not None:
        return whole
    return float(text) if len(text) <= 40 and re.fullmatch(_NUMBER, text) is not None else None


def looks_like(node: ScalarNode) -> str:
    """What a reader takes a scalar for, in a word or two with its article: "a whole number", "text"."""
    if node.style is not Style.PLAIN:
        return "text"
    if node.text in _NULLS:
        return "nothing"
    if node.text in _BOOLEANS:
        return "a truth value"
    if re.fullmatch(_INTEGER, node.text):
        return "a whole number"
    return "a number" if re.fullmatch(_NUMBER, node.text) else "text"
