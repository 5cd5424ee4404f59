"""Whether a function's files are neither none nor more than the platform unpacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scfdeploy.facts import limit
from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.scan import File

_MB = 1024 * 1024


def check_size(files: Sequence[File], root: str, findings: Findings) -> None:
    """Refuse an empty folder, and one too large to be unpacked."""
    if not files:
        findings.error(
            "code-empty",
            "No code to pack",
            detail=f'There is nothing to pack in "{shown(root)}".',
            hint="Correct src or src.exclude, or run your build first.",
        )
    elif too_large(total := sum(file.size for file in files)):
        refuse_size(
            total, findings, hint=f"{_largest(files)} Leave out with src.exclude what the function does not use."
        )


def too_large(total_bytes: int) -> bool:
    """Whether files of this size in all are more than the platform unpacks."""
    return total_bytes > limit("code.unzipped_max_bytes")


def refuse_size(total_bytes: int, findings: Findings, *, hint: str) -> None:
    """Say that the files are too large."""
    findings.error(
        "code-too-large",
        "Code too large",
        detail=f"The files take {_megabytes(total_bytes)} unpacked; the platform allows "
        f"{_megabytes(limit('code.unzipped_max_bytes'))}, layers included.",
        hint=hint,
    )


def _largest(files: Sequence[File]) -> str:
    sizes: Counter[str] = Counter()
    for file in files:
        sizes[file.name.partition("/")[0]] += file.size
    return f"Largest: {', '.join(f'{shown(name)} ({_megabytes(size)})' for name, size in sizes.most_common(3))}."


def _megabytes(size: int) -> str:
    return f"{size / _MB:.0f} MB" if size >= 10 * _MB else f"{size / _MB:.1f} MB"
