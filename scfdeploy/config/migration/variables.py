"""Variables of the older dialects: put into today's words, or their value in their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from scfdeploy.config.migration.layout import walk
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, Style
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Position, Span

Answer: TypeAlias = str | ScalarNode | None
"""What a variable becomes: other words, the value of a scalar of the file, or, with None, nothing but itself."""
Ask: TypeAlias = Callable[[str, Span], Answer]
"""Asked with what stands between the braces, and the place of the whole variable."""

_VARIABLE = re.compile(r"(?<!\$)\$\{([^${}]+)\}")
_PLAIN = re.compile(r"[\w./@%+=?&~-][\w./@%+=?&~:-]*( [\w./@%+=?&~-][\w./@%+=?&~:-]*)*(?<!:)")


def rewrite_variables(node: Node, ask: Ask, rewrite: Rewrite) -> None:
    """Rewrite each variable in the values below a node."""
    scalars = [one for one in walk(node) if isinstance(one, ScalarNode) and "${" in one.text]
    for scalar in sorted(scalars, key=lambda one: one.span.start):
        for line in range(scalar.span.start.line, scalar.span.end.line + 1):
            _in_line(scalar, line, ask, rewrite)


def find(tree: MappingNode, path: str) -> ScalarNode | None:
    """The scalar at a dotted path, if one stands there that says something."""
    node: Node = tree
    for word in path.split("."):
        entry = node.get(word) if isinstance(node, MappingNode) else None
        if entry is None:
            return None
        node = entry.value
    return node if isinstance(node, ScalarNode) and not is_null(node) else None


def _in_line(scalar: ScalarNode, line: int, ask: Ask, rewrite: Rewrite) -> None:
    text = rewrite.line(line)
    first = scalar.span.start.column - 1 if line == scalar.span.start.line else 0
    last = scalar.span.end.column - 1 if line == scalar.span.end.line else len(text)
    for found in _VARIABLE.finditer(text, first, last):
        place = Span(rewrite.file, Position(line, found.start() + 1), Position(line, found.end() + 1))
        answer = ask(found[1].strip(), place)
        is_all = (found.start(), found.end()) == (first, last) and scalar.style is Style.PLAIN
        new = _value(answer, scalar, rewrite, is_all=is_all) if isinstance(answer, ScalarNode) else answer
        if new is not None:
            rewrite.replace(place, new)


def _value(value: ScalarNode, into: ScalarNode, rewrite: Rewrite, *, is_all: bool) -> str | None:
    """A value as it can stand in a text of this style; None where that is not certain."""
    if value.span.start.line != value.span.end.line or "${" in value.text:
        return None
    if is_all:
        return rewrite.written(value.span)
    return value.text if _PLAIN.fullmatch(value.text) or into.style is Style.BLOCK else None
