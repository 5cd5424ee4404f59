"""Find the `inputs` of a file, and report when they are missing or not indented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from operator import itemgetter

from scfdeploy.config.document import component_kind
from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.fields.scalars import WRONG_TYPE
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style, is_null
from scfdeploy.config.yaml.nodes import is_blank, is_block
from scfdeploy.diagnostics import Diagnostics, Edit, Finding, Position, Severity, Span, inserted
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FUNCTION_FIELDS

INPUTS_NOT_INDENTED = Finding(
    "inputs-not-indented",
    Severity.ERROR,
    "Settings outside inputs",
    detail="`inputs` is empty, and these keys are at the top level, where they are ignored: {names}.",
    hint="Indent these lines under `inputs:` by two spaces.",
    title="Settings outside inputs.",
    what="Settings of the function are at the top level, and `inputs` is missing or empty.",
    why="At the top level they are ignored.",
    wrong=yaml("component: scf\nname: hello\ninputs:\nsrc: ./src"),
    right=yaml("component: scf\nname: hello\ninputs:\n  src: ./src"),
)

TOP_LEVEL = ("component", "name", "app", "stage", "org", "protect", "inputs", "commandInputs")
_FUNCTION_KEYS = frozenset(field.name for field in FUNCTION_FIELDS) - set(TOP_LEVEL)


def misplaced_keys(tree: MappingNode) -> list[Entry]:
    """Keys of a function that are at the top level by mistake; none unless `inputs` is empty."""
    inputs = tree.get("inputs")
    is_empty = inputs is None or is_null(inputs.value) or inputs.value == MappingNode((), inputs.value.span)
    if not is_empty:
        return []
    return [entry for entry in tree if entry.key.text in _FUNCTION_KEYS]


def read_inputs(tree: MappingNode, diagnostics: Diagnostics, lines: Sequence[str]) -> MappingNode | None:
    """The mapping under `inputs`; None if there is none, which is reported.

    Settings beside an empty `inputs` are reported, and read as if they were indented. `lines` are those of the file.
    """
    misplaced = misplaced_keys(tree)
    entry = tree.get("inputs")
    if misplaced:
        names = [misplaced_entry.key.text for misplaced_entry in misplaced]
        block, rest = _block_of_inputs(tree, entry)
        diagnostics.report(
            INPUTS_NOT_INDENTED,
            misplaced[0].key.span,
            fix=_fix(entry, block, rest, lines),
            detail=None
            if entry is not None
            else "The file has no `inputs`, and these keys are at the top level, where they are ignored: {names}.",
            hint=None if entry is not None else "Write `inputs:` above these lines, and indent them by two spaces.",
            names=", ".join(names[:4]) + (" …" if len(names) > 4 else ""),
        )
        settings = (*block, *rest)
        return MappingNode(settings, Span(settings[0].key.span.file, settings[0].key.span.start, _end(settings[-1])))
    match entry:
        case Entry(value=MappingNode(entries=[_, *_]) as mapping):
            return mapping
        case Entry(value=ScalarNode(style=Style.BROKEN)):
            return None
        case None:
            pass
        case _ if not isinstance(entry.value, MappingNode) and not is_null(entry.value):
            diagnostics.report(
                WRONG_TYPE,
                entry.value.span,
                detail="`inputs` must be a mapping: the settings of the function.",
                hint="Write the settings below it as `key: value`, indented and without dashes.",
            )
            return None
    diagnostics.report(
        MISSING_KEY,
        tree.span if entry is None else entry.key.span,
        detail="The file has no `inputs`, so there is no function to deploy."
        if entry is None
        else "`inputs` is empty, so there is no function to deploy.",
        hint="Write at least `src`, `runtime` and `handler` below `inputs:`, indented.",
        fix=_add_inputs(tree, entry, lines),
    )
    return None


def _add_inputs(tree: MappingNode, inputs: Entry | None, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that adds `src: ./`, the folder of the file, below `inputs`; none for other kinds than `scf`."""
    component = tree.get("component")
    name = component.value.text if component is not None and isinstance(component.value, ScalarNode) else ""
    end = tree.span.end.line if inputs is None else inputs.key.span.end.line
    is_blank_key = inputs is None or (is_blank(inputs.value) and inputs.key.span.start.column == 1)
    if component_kind(name) != "scf" or end > len(lines) or tree.span.start.column != 1 or not is_blank_key:
        return ()
    if not is_block(tree):
        return ()
    head = "\ninputs:" if inputs is None else ""
    return (inserted(tree.span.file, end, len(lines[end - 1]) + 1, f"{head}\n  src: ./"),)


def _block_of_inputs(tree: MappingNode, inputs: Entry | None) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The adjacent entries that belong under `inputs`, and the settings elsewhere at the top level."""
    entries = list(tree)
    if inputs is None:
        start = next(at for at, entry in enumerate(entries) if entry.key.text not in TOP_LEVEL)
        inner: tuple[str, ...] = ()
    else:
        start, inner = entries.index(inputs) + 1, ("name",)
    is_inner = (entry.key.text not in TOP_LEVEL or entry.key.text in inner for entry in entries[start:])
    block = tuple(entry for entry, _ in takewhile(itemgetter(1), zip(entries[start:], is_inner, strict=True)))
    others = (*entries[:start], *entries[start + len(block) :])
    return block, tuple(entry for entry in others if entry.key.text not in TOP_LEVEL)


def _fix(inputs: Entry | None, block: Sequence[Entry], rest: Sequence[Entry], lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that indents the block under `inputs`; none unless all of it is adjacent and in the column of the keys.

    A `name` in the block is the function's, and becomes that of the instance too if that has none.
    """
    if rest or not block or (inputs is not None and not is_blank(inputs.value)):
        return ()
    from scfdeploy.config.yaml.recovery.mistake import indent_of

    column = block[0].key.span.start.column if inputs is None else inputs.key.span.start.column
    starts = [entry.key.span.start for entry in block]
    last = _last_line(block, lines)
    if any(start.column != column or lines[start.line - 1][: column - 1].strip() for start in starts):
        return ()
    file = block[0].key.span.file
    first = starts[0].line if inputs is None else inputs.key.span.start.line + 1
    edits = [
        inserted(file, line, 1, "  ")
        for line in range(first, last + 1)
        if lines[line - 1].strip() and (line >= starts[0].line or indent_of(lines[line - 1]) < column)
    ]
    margin = " " * (column - 1)
    if inputs is None:
        return (inserted(file, first, 1, f"{margin}inputs:\n  "), *edits[1:])
    name = next((entry for entry in block if entry.key.text == "name"), None)
    if name is None or sum(re.match(r"\s*component\s*:", line) is not None for line in lines) > 1:
        return tuple(edits)  # a second `component` becomes the name of the instance
    value = name.value.span
    if value.start.line != value.end.line:
        return ()
    text = lines[value.start.line - 1][value.start.column - 1 : value.end.column - 1]
    return (inserted(file, first - 1, 1, f"{margin}name: {text}\n"), *edits)


def _last_line(block: Sequence[Entry], lines: Sequence[str]) -> int:
    """The last line of the block, with a second `name` at its end, which is not in the tree."""
    last = max(_end(entry).line for entry in block)
    following = next((at for at in range(last + 1, len(lines) + 1) if lines[at - 1].strip()), None)
    return following if following is not None and re.match(r"name\s*:", lines[following - 1]) else last


def _end(entry: Entry) -> Position:
    return max(entry.key.span.end, entry.value.span.end)
