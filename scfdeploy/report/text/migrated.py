"""What `migrate` would do, or did: a diff of each file, and a last line."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.report.humanize import count
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import MigratedFile, Migration

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def render_migrated(result: Migration, style: TextStyle) -> str:
    """The diffs of what is not written yet, or the names of what is."""
    return "".join(_lines(result, style))


def _lines(result: Migration, style: TextStyle) -> Iterator[str]:
    changed = [one for one in result.files if one.changed]
    for one in changed:
        if one.written:
            yield f"Migrated {safe(one.file)}.\n"
        else:
            yield from _diff(one, style)
    same = len(result.files) - len(changed)
    if same:
        is_there = "file is already in the current form" if same == 1 else "files are already in the current form"
        yield style.paint(f"Nothing to do: {same} {is_there}.", "green") + "\n"
    if changed and not result.write:
        yield f"\nNothing was written. Use --write to change {count(len(changed), 'file')}.\n"


def _diff(one: MigratedFile, style: TextStyle) -> Iterator[str]:
    for line in one.diff.removesuffix("\n").split("\n"):
        text = "\t".join(map(safe, line.split("\t")))
        is_head = line.startswith(("---", "+++"))
        yield (
            style.paint(text, "bold" if is_head else _COLOURS.get(line[:1], "dim")) + "\n"
            if style.color
            else f"{text}\n"
        )
