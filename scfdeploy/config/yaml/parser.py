"""Parse YAML text. After a syntax error, report it, repair the text and continue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scfdeploy.config.yaml.compose import Composer
from scfdeploy.config.yaml.marks import SourcePositions
from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.diagnostics import Diagnostics

_MOST_MISTAKES = 20
# Line ends for the parser, for nobody else: kept out of its sight so that lines count as editors count them.
UNICODE_LINE_BREAKS = {0x85: "\ue085", 0x2028: "\ue128", 0x2029: "\ue129"}
_RESTORED = {ord(hidden): chr(code) for code, hidden in UNICODE_LINE_BREAKS.items()}


def parse(text: str, file: str, diagnostics: Diagnostics) -> Node | None:
    """The tree of a text without byte-order mark and with LF line ends, or None when it holds none.

    `file` is the name for places. A tree may come although there were errors: of a text with its mistakes mended.
    """
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    lines = text.split("\n")
    places = SourcePositions(file, lines)
    if not text.isascii():
        from scfdeploy.config.yaml.invisible import has_invisible, replace_invisible

        if has_invisible(text):
            replace_invisible(lines, places, diagnostics)
            text = "\n".join(lines)
    has_rare = not text.isascii() and any(chr(code) in text for code in UNICODE_LINE_BREAKS)
    text = text.translate(UNICODE_LINE_BREAKS) if has_rare else text
    lines[:] = text.split("\n")
    for _ in range(_MOST_MISTAKES):
        found = Diagnostics()  # of this attempt: a mended text is read from its start again
        try:
            node = Composer(text, places, found).compose(_events(text))
        except (MarkedYAMLError, ReaderError) as error:
            from scfdeploy.config.yaml.recovery.repair import report_and_repair

            if not report_and_repair(error, lines, places=places, diagnostics=diagnostics):
                return None
            text = "\n".join(lines)
        else:
            diagnostics.extend(found)
            return _restored(node) if has_rare and node is not None else node
    return None


def _events(text: str) -> Iterator[Any]:
    # The C parser alone: ruamel.yaml's own Parser takes ten times as long and accepts the same.
    from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
    from ruamel.yaml.events import StreamEndEvent

    parser = CParser(text)
    while True:
        event = parser.get_event()
        yield event
        if isinstance(event, StreamEndEvent):
            return


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
