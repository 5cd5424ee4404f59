"""Parse YAML text. After a syntax error, report it, repair the text and continue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from scfdeploy.config.yaml.compose import Composer
from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.records import replace

_JOINED_KEYS = re.compile(r"^[ \t]+[A-Za-z_]\w*:(?!//)[^\s:].*\n\s*[A-Za-z_]\w*:(?!//)[^\s:]", re.MULTILINE)
"""Two lines that begin with a key without a space after its colon."""
_MOST_MISTAKES = 20
_MOST_REPAIRS = 100
"""The number of times that a file is parsed."""
UNICODE_LINE_BREAKS = {0x85: "\ue085", 0x2028: "\ue128", 0x2029: "\ue129"}
"""Characters that only the parser treats as line breaks, and their substitutes during parsing."""
_RESTORED = {ord(substitute): chr(code) for code, substitute in UNICODE_LINE_BREAKS.items()}


def parse(text: str, file: str, diagnostics: Diagnostics, *, has_urls: bool = False) -> Node | None:
    """The tree of a text without byte-order mark and with LF line ends; None when it is empty or cannot be repaired.

    `file` is the name for positions. After a syntax error, the tree is that of the repaired text. With `has_urls`, a
    text such as `queue://orders` needs no quotes between brackets.
    """
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    lines = text.split("\n")
    positions = SourcePositions(file, lines)
    if not text.isascii():
        from scfdeploy.config.yaml.invisible import has_invisible, replace_invisible

        if has_invisible(text):
            replace_invisible(lines, positions, diagnostics)
            text = "\n".join(lines)
    has_line_breaks = not text.isascii() and any(chr(code) in text for code in UNICODE_LINE_BREAKS)
    text = text.translate(UNICODE_LINE_BREAKS) if has_line_breaks else text
    lines[:] = text.split("\n")
    mistakes = 0
    for repairs in range(_MOST_REPAIRS):
        attempt = Diagnostics()  # dropped when parsing restarts with the repaired text
        try:
            node = Composer(text, positions, attempt).compose(_events(text) if has_urls else parser_events(text))
        except (MarkedYAMLError, ReaderError) as error:
            from scfdeploy.config.yaml.recovery.repair import read_unusual, report_and_repair

            if repairs >= _MOST_REPAIRS - _MOST_MISTAKES or not read_unusual(error, lines, positions):
                mistakes += 1
                is_repaired = report_and_repair(error, lines, positions=positions, diagnostics=diagnostics)
                if not is_repaired or mistakes == _MOST_MISTAKES:
                    return None
            text = "\n".join(lines)
        else:
            if node is not None and _JOINED_KEYS.search(text) and repairs < _MOST_REPAIRS - 1:
                from scfdeploy.config.yaml.recovery.repair import repair_joined_keys

                if repair_joined_keys(node, lines, positions, diagnostics):
                    text = "\n".join(lines)
                    continue
            diagnostics.extend(attempt)
            return _restored(node) if has_line_breaks and node is not None else node
    return None


def parser_events(text: str) -> Iterator[Any]:
    """The events of the C parser, which is ten times as fast as the Python one. Raises the errors of ruamel.yaml."""
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]

    return iter(CParser(text).get_event, None)


def _events(text: str) -> Iterator[Any]:
    """The events of the C parser, or of the Python one, which accepts colons in texts between brackets."""
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return iter(list(parser_events(text)))
    except MarkedYAMLError as error:
        from ruamel.yaml import YAML

        _, parser = YAML(typ="safe", pure=True).get_constructor_parser(text)
        events: list[Any] = []
        try:
            while parser.check_event():
                events.append(parser.get_event())
        except MarkedYAMLError as other:
            raise _later(error, other) from None
        return iter(events)


def _later(error: Any, other: Any) -> Exception:
    """The error of the parser that came further; the earlier one may be about a colon."""
    mark, other_mark = error.problem_mark, other.problem_mark
    if (other_mark.line, other_mark.column) <= (mark.line, mark.column):
        return cast(Exception, error)
    # The words of the C parser, by which mistakes are recognised.
    problem = str(other.problem or "")
    if problem.startswith("expected "):
        other.problem = "did not find " + problem.partition(", but ")[0]
    return cast(Exception, other)


def _restored(node: Node) -> Node:
    match node:
        case ScalarNode():
            return _restored_scalar(node)
        case SequenceNode(items=items):
            return replace(node, items=tuple(_restored(item) for item in items))
        case MappingNode(entries=entries):
            return replace(
                node, entries=tuple(Entry(_restored_scalar(entry.key), _restored(entry.value)) for entry in entries)
            )


def _restored_scalar(node: ScalarNode) -> ScalarNode:
    return replace(node, text=node.text.translate(_RESTORED))
