"""Reads one YAML text: parses, and where that fails says why and reads on with the mistake mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scfdeploy.config.yaml.compose import Composer
from scfdeploy.config.yaml.mistake import Broken, Mistake
from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.places import Places
from scfdeploy.diagnostics import Diagnostics

_MOST_MISTAKES = 20
# Line ends for the parser, for nobody else: kept out of its sight so that lines count as editors count them.
_RARE_LINE_ENDS = {0x85: "\ue085", 0x2028: "\ue128", 0x2029: "\ue129"}
_RESTORED = {ord(hidden): chr(code) for code, hidden in _RARE_LINE_ENDS.items()}


def parse(text: str, file: str, diagnostics: Diagnostics) -> Node | None:
    """The tree of a text without byte-order mark and with LF line ends, or None when it holds none.

    `file` is the name for places. A tree may come although there were errors: of a text with its mistakes mended.
    """
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    has_rare = not text.isascii() and any(chr(code) in text for code in _RARE_LINE_ENDS)
    text = text.translate(_RARE_LINE_ENDS) if has_rare else text
    lines = text.split("\n")
    places = Places(file, lines)
    for _ in range(_MOST_MISTAKES):
        found = Diagnostics()  # of this attempt: a mended text is read from its start again
        try:
            node = Composer(text, places, found).compose(_events(text))
        except MarkedYAMLError as error:
            mistake = _explained(_broken(lines, error))
        except ReaderError as error:
            mistake = _bad_character(text, error.position, error.character)
        else:
            diagnostics.extend(found)
            return _restored(node) if has_rare and node is not None else node
        _report(mistake, places, diagnostics)
        if not mistake.mended:
            return None
        for line, mended in mistake.mended.items():
            lines[line] = mended
        for line, column in mistake.inserted:
            places.insert(line, column)
        text = "\n".join(lines)
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
            return replace(node, text=node.text.translate(_RESTORED))
        case SequenceNode(items=items):
            return replace(node, items=tuple(_restored(item) for item in items))
        case MappingNode(entries=entries):
            return replace(node, entries=tuple(Entry(entry.key, _restored(entry.value)) for entry in entries))


def _explained(broken: Broken) -> Mistake:
    from scfdeploy.config.yaml.explain import explain  # only an error needs it

    return explain(broken)


def _broken(lines: list[str], error: Any) -> Broken:
    problem = error.problem_mark
    context = error.context_mark if error.context_mark is not None else problem
    return Broken(
        lines,
        str(error.problem or ""),
        problem.line,
        problem.column,
        str(error.context or ""),
        context.line,
        context.column,
    )


def _bad_character(text: str, index: int, character: object) -> Mistake:
    before = text[:index]
    return Mistake(
        "yaml-character",
        before.count("\n"),
        index - (before.rfind("\n") + 1),
        1,
        "Character that YAML does not allow",
        "A control character stands here; editors do not show it.",
        "Remove it.",
    )


def _report(mistake: Mistake, places: Places, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        mistake.rule,
        places.stretch(mistake.line, mistake.column, mistake.length),
        mistake.summary,
        detail=mistake.detail,
        hint=mistake.hint,
    )
