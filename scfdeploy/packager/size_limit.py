"""Reject code that is empty or exceeds the platform's size limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import limit
from scfdeploy.packager.findings import Findings, printable
from scfdeploy.packager.fingerprint import File

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
_LARGEST = 3


def check_size(files: Sequence[File], root: str, findings: Findings) -> None:
    """Report a folder that is empty or too large to be unpacked."""
    if not files:
        findings.report(CODE_EMPTY, folder=printable(root))
        return
    total_bytes = sum(file.size for file in files)
    if is_too_large(total_bytes):
        sizes: Counter[str] = Counter()
        for file in files:
            sizes[file.name.partition("/")[0]] += file.size
        largest = ", ".join(f"{printable(name)} ({_megabytes(size)})" for name, size in sizes.most_common(_LARGEST))
        advice = message("Largest: {largest}. Exclude unused files with src.exclude.", largest=largest)
        report_size(total_bytes, findings, advice=advice)


def is_too_large(total_bytes: int) -> bool:
    """Whether the platform rejects files of this total size, unpacked."""
    return total_bytes > limit("code.unzipped_max_bytes")


def report_size(total_bytes: int, findings: Findings, *, advice: str) -> None:
    """Report files that are too large."""
    findings.report(
        CODE_TOO_LARGE,
        hint="{advice}",
        size=_megabytes(total_bytes),
        limit=_megabytes(limit("code.unzipped_max_bytes")),
        advice=advice,
    )


def _megabytes(size: int) -> str:
    return f"{size / _MB:.0f} MB" if size >= 10 * _MB else f"{size / _MB:.1f} MB"
