"""The result of `migrate`: a diff or a line for each file, and a summary."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results.migrated import MigratedFile, Migration

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def render_migrated(result: Migration, style: TextStyle) -> str:
    """Diffs of files that are not written, and names of those that are."""
    return "".join(_lines(result, style))


def _lines(result: Migration, style: TextStyle) -> Iterator[str]:
    changed = [file for file in result.files if file.changed]
    for file in changed:
        if file.written:
            yield message("Migrated {file}.", file=safe(file.file)) + "\n"
            for new in file.new_files:
                yield message("Created {file}.", file=safe(new)) + "\n"
        else:
            yield from _diff(file, style)
    unchanged = len(result.files) - len(changed)
    if unchanged:
        text = plural(
            unchanged,
            "Nothing to do: {number} file is already in the current form.",
            "Nothing to do: {number} files are already in the current form.",
        )
        yield style.paint(text, "green") + "\n"
    if changed and not result.write:
        text = plural(
            len(changed),
            "Nothing was written. Use --write to change {number} file.",
            "Nothing was written. Use --write to change {number} files.",
        )
        yield f"\n{text}\n"


def _diff(file: MigratedFile, style: TextStyle) -> Iterator[str]:
    for line in file.diff.removesuffix("\n").split("\n"):
        text = "\t".join(map(safe, line.split("\t")))
        is_head = line.startswith(("---", "+++"))
        yield style.paint(text, "bold" if is_head else _COLOURS.get(line[:1], "dim")) + "\n"
