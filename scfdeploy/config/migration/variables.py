"""Convert variables of older formats: to the current syntax, or to the value they refer to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from scfdeploy.config.migration.layout import get, walk
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, Style, is_null
from scfdeploy.diagnostics import Position, Span

Replacement: TypeAlias = str | ScalarNode | None
"""What replaces a variable: a text, or the value of a scalar of the file; None leaves it unchanged."""
Lookup: TypeAlias = Callable[[str, Span], Replacement]
"""Called with the text between the braces and the span of the variable."""

_VARIABLE = re.compile(r"(?<!\$)\$\{([^${}]+)\}")
_PLAIN = re.compile(r"[\w./@%+=?&~-][\w./@%+=?&~:-]*( [\w./@%+=?&~-][\w./@%+=?&~:-]*)*(?<!:)")


def rewrite_variables(node: Node, look_up: Lookup, rewrite: Rewrite) -> None:
    """Replace the variables in all scalars below a node."""
    scalars = [scalar for scalar in walk(node) if isinstance(scalar, ScalarNode) and "${" in scalar.text]
    for scalar in sorted(scalars, key=lambda scalar: scalar.span.start):
        for line in range(scalar.span.start.line, scalar.span.end.line + 1):
            _rewrite_line(scalar, line, look_up, rewrite)


def scalar_at(tree: MappingNode, path: str) -> ScalarNode | None:
    """The scalar at a dotted path; None when there is none or it is null."""
    node: Node = tree
    for key in path.split("."):
        entry = get(node, key)
        if entry is None:
            return None
        node = entry.value
    return node if isinstance(node, ScalarNode) and not is_null(node) else None


def _rewrite_line(scalar: ScalarNode, line: int, look_up: Lookup, rewrite: Rewrite) -> None:
    text = rewrite.source_line(line)
    first = scalar.span.start.column - 1 if line == scalar.span.start.line else 0
    last = scalar.span.end.column - 1 if line == scalar.span.end.line else len(text)
    for match in _VARIABLE.finditer(text, first, last):
        span = Span(rewrite.file, Position(line, match.start() + 1), Position(line, match.end() + 1))
        new = look_up(match[1].strip(), span)
        if isinstance(new, ScalarNode):
            is_entire = match.span() == (first, last) and scalar.style is Style.PLAIN
            new = _inlined(new, scalar, rewrite, is_entire=is_entire)
        if new is not None:
            rewrite.replace(span, new)


def _inlined(value: ScalarNode, into: ScalarNode, rewrite: Rewrite, *, is_entire: bool) -> str | None:
    """The text of `value` as it can be written within the scalar `into`; None if it might need other quotes."""
    if value.span.start.line != value.span.end.line or "${" in value.text:
        return None
    if is_entire:
        return rewrite.source_text(value.span)
    return value.text if _PLAIN.fullmatch(value.text) or into.style is Style.BLOCK else None
