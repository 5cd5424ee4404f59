"""Reject code that is empty or exceeds the platform's size limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import limit
from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.scan import File

CODE_EMPTY = Finding(
    "code-empty",
    Severity.ERROR,
    "No code to package",
    detail='There is nothing to package in "{folder}".',
    hint="Correct src or src.exclude, or run your build first.",
    title="No code to package.",
    what="The folder or archive named by `src` contains no file, or `src.exclude` excludes all of them.",
    why="A function needs code.",
    wrong=yaml("src:\n  src: ./dist\n  exclude: ['**']"),
    right=yaml("src:\n  src: ./dist\n  exclude: ['*.map']"),
)
CODE_TOO_LARGE = Finding(
    "code-too-large",
    Severity.ERROR,
    "Code is too large",
    detail="The files take {size} unpacked; the platform allows {limit}, including layers.",
    title="Code that is too large.",
    what="The files are larger than the platform allows, packed or unpacked.",
    why="The platform rejects it.",
    wrong="A folder with test data, or a whole virtual environment.",
    right="Files that are not needed excluded with `src.exclude`, large libraries moved into a layer.",
)

_MB = 1024 * 1024


def check_size(files: Sequence[File], root: str, findings: Findings) -> None:
    """Refuse an empty folder, and one too large to be unpacked."""
    if not files:
        findings.report(CODE_EMPTY, folder=shown(root))
    elif too_large(total := sum(file.size for file in files)):
        refuse_size(total, findings, hint=f"{_largest(files)} Exclude what the function does not use with src.exclude.")


def too_large(total_bytes: int) -> bool:
    """Whether files of this size in all are more than the platform unpacks."""
    return total_bytes > limit("code.unzipped_max_bytes")


def refuse_size(total_bytes: int, findings: Findings, *, hint: str) -> None:
    """Say that the files are too large."""
    findings.report(
        CODE_TOO_LARGE,
        hint="{advice}",
        size=_megabytes(total_bytes),
        limit=_megabytes(limit("code.unzipped_max_bytes")),
        advice=hint,
    )


def _largest(files: Sequence[File]) -> str:
    sizes: Counter[str] = Counter()
    for file in files:
        sizes[file.name.partition("/")[0]] += file.size
    return f"Largest: {', '.join(f'{shown(name)} ({_megabytes(size)})' for name, size in sizes.most_common(3))}."


def _megabytes(size: int) -> str:
    return f"{size / _MB:.0f} MB" if size >= 10 * _MB else f"{size / _MB:.1f} MB"
