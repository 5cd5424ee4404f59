"""Keys of `src` that are written beside it: `exclude` and `include`."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from scfdeploy.config.fields import Reading
from scfdeploy.config.source import PATTERN_KEYS
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_broken, is_null
from scfdeploy.config.yaml.nodes import is_false
from scfdeploy.diagnostics import Edit, Finding, Severity, changed_lines
from scfdeploy.diagnostics.page import yaml
from scfdeploy.records import replace

BESIDE_SRC = Finding(
    "beside-src",
    Severity.WARNING,
    "Key belongs under src",
    detail='"{key}" is beside src; it is read as src.{key}.',
    hint="Write `src: {src: …, {key}: …}`.",
    title="`exclude` or `include` beside `src`.",
    what="The patterns of the code are beside `src`, as in an earlier form of the file, and not below it.",
    why="They are read as if they were below `src`, with paths of `include` relative to the file; other tools ignore "
    "them.",
    wrong=yaml("src: ./\nexclude:\n  - '*.log'"),
    right=yaml("src:\n  src: ./\n  exclude:\n    - '*.log'"),
)


def with_source_keys(inputs: MappingNode, reading: Reading) -> MappingNode:
    """The settings with `exclude` and `include` moved from beside `src` into it, with a warning for each.

    Paths of `include` beside `src` are relative to the file, and become relative to the folder of the code.
    Unchanged where `src` has the key already, or packs nothing.
    """
    source = inputs.get("src")
    if source is None or isinstance(source.value, SequenceNode):
        return inputs
    if is_null(source.value) or is_broken(source.value) or is_false(source.value):
        return inputs
    own = source.value.entries if isinstance(source.value, MappingNode) else (_path_entry(source.value),)
    taken = {entry.key.text for entry in own}
    moved = tuple(
        entry
        for entry in inputs
        if entry.key.text in PATTERN_KEYS and isinstance(entry.value, SequenceNode) and entry.key.text not in taken
    )
    if not moved or "object" in taken:
        return inputs
    root = next((reading.resolve(entry.value) for entry in own if entry.key.text == "src"), None)
    rebased = tuple(_rebased(entry, root) for entry in moved)
    fix = _fix(inputs, source, moved, reading.lines)
    for entry, new in zip(moved, rebased, strict=True):
        reading.diagnostics.report(
            BESIDE_SRC,
            entry.key.span,
            fix=fix,
            hint=None if entry == new else "Write it below `src:`, with paths relative to the folder of the code.",
            key=entry.key.text,
        )
    below = Entry(source.key, MappingNode((*own, *rebased), source.value.span))
    kept = (entry for entry in inputs if entry not in moved)
    return MappingNode(tuple(below if entry is source else entry for entry in kept), inputs.span)


def _path_entry(path: Node) -> Entry:
    return Entry(ScalarNode("src", Style.PLAIN, path.span), path)


def _rebased(patterns: Entry, root: Node | None) -> Entry:
    """`include` with paths relative to the folder of the code, which the file names `root`."""
    if patterns.key.text != "include" or not isinstance(patterns.value, SequenceNode):
        return patterns
    if not isinstance(root, ScalarNode) or is_broken(root) or posixpath.isabs(root.text):
        return patterns
    items = tuple(_relative(item, root.text or ".") for item in patterns.value.items)
    return Entry(patterns.key, SequenceNode(items, patterns.value.span))


def _relative(item: Node, root: str) -> Node:
    if isinstance(item, MappingNode) and (source := item.get("source")) is not None:
        moved = Entry(source.key, _relative(source.value, root))
        return replace(item, entries=tuple(moved if entry is source else entry for entry in item))
    if not isinstance(item, ScalarNode) or is_null(item) or not item.text or "${" in item.text:
        return item
    from scfdeploy.config.rewriting.source_patterns import below_source

    path = below_source(item.text, root)
    return item if path is None else replace(item, text=path)


def _fix(inputs: MappingNode, source: Entry, moved: tuple[Entry, ...], lines: Sequence[str]) -> tuple[Edit, ...]:
    """The edit that moves the keys below `src`; none unless each of them has lines of its own."""
    from scfdeploy.config.rewriting.layout import multi_line_scalar_lines
    from scfdeploy.config.rewriting.rewrite import Rewrite
    from scfdeploy.config.rewriting.source_patterns import gather_source

    indent = source.key.span.start.column - 1
    last = max(entry.value.span.end.line for entry in (source, *moved))
    if last > len(lines) or not all(_is_apart(entry, indent, lines) for entry in (source, *moved)):
        return ()
    if isinstance(source.value, MappingNode) and source.value.span.start.line <= source.key.span.start.line:
        return ()  # between brackets, or an alias
    file = source.key.span.file
    rewrite = Rewrite("\n".join(lines), file, within_texts=multi_line_scalar_lines(inputs))
    unchanged = gather_source(MappingNode((source, *moved), inputs.span), source, rewrite)
    return () if unchanged else changed_lines(file, lines, rewrite.text().split("\n"))


def _is_apart(entry: Entry, indent: int, lines: Sequence[str]) -> bool:
    """Whether the key begins its line, at the given indentation, and nothing but a comment follows its value."""
    start, end = entry.key.span.start, entry.value.span.end
    before, rest = lines[start.line - 1][: start.column - 1], lines[end.line - 1][end.column - 1 :].strip()
    return before == " " * indent and (not rest or rest.startswith("#"))
