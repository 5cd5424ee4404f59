"""`package` of the Serverless Framework: its patterns go below `src`, which is the folder of the file."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.migration.function_settings import leave_out
from scfdeploy.config.migration.layout import block, first_line, indent, items, with_comments
from scfdeploy.config.migration.rewrite import Rewrite
from scfdeploy.config.yaml import Entry, ScalarNode, SequenceNode
from scfdeploy.diagnostics import Diagnostics


def move_package(package: Entry | None, after: int, margin: int, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Write `src` below a line, so far to the right, with what `package` says of it."""
    pad = " " * margin
    lists = {} if package is None else _lists(package, rewrite)
    if package is None or not ("exclude" in lists or "patterns" in lists):
        rewrite.after(after, f"{pad}src: ./")
        if package is not None:
            _leave(package, [], rewrite, diagnostics)
        return
    rewrite.after(after, f"{pad}src:", f"{pad}  src: ./", f"{pad}  exclude:")
    kept = [word for word in ("exclude", "include", "patterns") if word in lists]
    for word in kept:
        entry, sequence = lists[word]
        lines = items(sequence, rewrite)
        for item in sequence.items:
            _turn(item, rewrite, opposite=word != "exclude")
        rewrite.drop(first_line(entry), entry.key.span.end)
        first, last = first_line(entry), lines[-1][1]
        rewrite.move_after(with_comments(first, rewrite), last, after=after)
        rewrite.shift(with_comments(first, rewrite), last, margin + 4 - rewrite.margin(lines[0][0]))
        after = last
    _leave(package, kept, rewrite, diagnostics)


def _lists(package: Entry, rewrite: Rewrite) -> dict[str, tuple[Entry, SequenceNode]]:
    """The lists of patterns that hold something."""
    return {
        entry.key.text: (entry, entry.value)
        for entry in block(package.value, package.key.span, rewrite)
        if entry.key.text in ("exclude", "include", "patterns")
        and isinstance(entry.value, SequenceNode)
        and entry.value.items
    }


def _turn(item: object, rewrite: Rewrite, *, opposite: bool) -> None:
    """A pattern of files that are packed is one, with a `!`, of files that are not left out."""
    if not opposite or not isinstance(item, ScalarNode):
        return
    pattern = item.text[1:] if item.text.startswith("!") else f"!{item.text}"
    quoted = pattern.replace("'", "''")
    rewrite.replace(item.span, f"'{quoted}'")


def _leave(package: Entry, kept: Sequence[str], rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    rewrite.comment(first_line(package), first_line(package), indent(package))
    for entry in block(package.value, package.key.span, rewrite):
        if entry.key.text not in kept:
            leave_out(entry, rewrite, diagnostics)
