"""Move `exclude` and `include` from beside `src` below it, with paths relative to the folder of the code."""

from __future__ import annotations

import posixpath
import re

from scfdeploy.config.rewriting.layout import (
    end_line,
    first_comment_line,
    first_line,
    get,
    indent,
    mapping_of,
    sequence_items,
    text_of,
)
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.source import PATTERN_KEYS
from scfdeploy.config.variables.framework_variables import Replacement, written
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, Style, is_null


def gather_source(mapping: MappingNode, source: Entry | None, rewrite: Rewrite) -> list[Node]:
    """Move the patterns of `mapping` below `source`, the entry of the code, or below a new one for the file's folder.

    Without patterns, only an entry that is missing is written. Returns the paths of `include` that cannot be changed.
    """
    patterns = [entry for key in PATTERN_KEYS if (entry := mapping.get(key)) is not None]
    if not patterns:
        if source is None and mapping.get("image") is None and mapping.entries:
            top = mapping.entries[0]
            rewrite.before(first_line(top), " " * indent(top) + "src: ./")
        return []
    inner = mapping_of(source)
    depth = 2
    to_move = patterns
    if source is None:
        head, *to_move = patterns
        last = end_line(head)
        first, pad = first_comment_line(first_line(head), rewrite), " " * indent(head)
        rewrite.nest(first, last, f"{pad}src:", f"{pad}  src: ./")
    else:
        last = end_line(source)
        if inner is None:
            rewrite.nest(first_line(source), last, " " * indent(source) + "src:")
        elif inner.entries:
            depth = indent(inner.entries[0]) - indent(source)
    for entry in to_move:
        first = first_comment_line(first_line(entry), rewrite)
        rewrite.move_after(first, end_line(entry), after=last)
        rewrite.shift(first, end_line(entry), depth)
        last = end_line(entry)
    root = text_of(inner.get("src")) if inner is not None else text_of(source)
    return _rebase_includes(mapping, root or ".", rewrite)


def _rebase_includes(mapping: MappingNode, root: str, rewrite: Rewrite) -> list[Node]:
    """Make paths of `include`, which were relative to the file, relative to the folder of the code."""
    unknown: list[Node] = []
    include = mapping.get("include")
    for entry in sequence_items(include):
        source = get(entry, "source")
        item = entry if source is None else source.value
        if isinstance(item, ScalarNode) and (is_null(item) or not item.text):
            continue  # names no path, which is an error below `src` as well
        is_alias = include is not None and item.span.start < include.key.span.start
        path = None if "${" in root or is_alias else _path(item, rewrite)
        if not isinstance(item, ScalarNode) or path is None:
            unknown.append(item)
        elif (new := below_source(path, root)) is not None:
            quote = rewrite.source_text(item.span)[:1] if item.style is Style.QUOTED else ""
            text = written(Replacement(new, is_text=True), item, quote, is_entire=True)
            rewrite.replace(item.span, f"{quote}{text}{quote}")
    return unknown


def _path(item: Node, rewrite: Rewrite) -> str | None:
    """The path that an item names, with variables replaced; None if it is not known, or not to be written in a line."""
    if not isinstance(item, ScalarNode) or item.span.start.line != item.span.end.line:
        return None
    if "${" not in item.text:
        return item.text if item.text.isprintable() else None
    path = rewrite.edited_line(item.span.start.line).strip().removeprefix("-").strip()
    return path if re.fullmatch(r"[\w./-]+", path) else None


def below_source(path: str, root: str) -> str | None:
    """A path relative to the file as one relative to the folder of the code; None if it is the same."""
    if posixpath.isabs(path) or posixpath.isabs(root):
        return None
    new = posixpath.relpath(path, root)
    return None if new == posixpath.normpath(path) else new
