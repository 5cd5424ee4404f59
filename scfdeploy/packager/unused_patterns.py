"""Report invalid and unused patterns of `src.exclude`."""
# ruff: noqa: PTH118
# Plain strings, as in scan.

from __future__ import annotations

import os
import re

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FolderSource
from scfdeploy.packager.exclude import LEFT_OUT_AT_TOP, BadPatternError, Selection, is_never_packed
from scfdeploy.packager.findings import Findings, shown, span_of

EXCLUDE_INVALID = Finding(
    "exclude-invalid",
    Severity.ERROR,
    "Invalid pattern",
    detail='"{pattern}" in src.exclude is not a valid pattern: {reason}.',
    hint="Write paths with the wildcards *, ** and ?, such as node_modules/ or *.log.",
    title="An invalid pattern.",
    what="A text in `src.exclude` is not a pattern as in a .gitignore file, or its braces expand to too many patterns.",
    why="What it was meant to exclude would be packaged.",
    wrong=yaml("src:\n  src: ./\n  exclude: ['!']"),
    right=yaml("src:\n  src: ./\n  exclude: ['*.log', 'test/']"),
)
EXCLUDE_UNUSED = Finding(
    "exclude-unused",
    Severity.WARNING,
    "Pattern matches nothing",
    detail='"{pattern}" in src.exclude {effect}: nothing in "{folder}" matches it.{reason}{more}',
    hint="{advice}",
    title="A pattern that matches nothing.",
    what="A pattern in `src.exclude` matches no file and no folder of the code. Patterns for files that are never "
    "packaged (`.git`, `.env`) are not reported.",
    why="What it was meant to exclude is deployed.",
    wrong=yaml("src:\n  src: ./src\n  exclude: ['src/tests/**', 'docs\\**']"),
    right=yaml("src:\n  src: ./src\n  exclude: ['tests/**', '{docs,examples}/**', '*.!(js|json)']"),
)

_MOST_REPORTED = 20
_MOST_LOOKED_AT = 5000
"""Entries of folders that are left out as a whole, in search of what a pattern means."""


def check_patterns(source: FolderSource, findings: Findings) -> None:
    """Report a pattern that cannot be read, without looking at any file."""
    from scfdeploy.packager.patterns.path import Patterns

    try:
        Patterns(source.exclude)
    except BadPatternError as wrong:
        refuse_pattern(source, wrong, findings)


def refuse_pattern(source: FolderSource, wrong: BadPatternError, findings: Findings) -> None:
    """Report a pattern that cannot be read, with its place."""
    findings.report(
        EXCLUDE_INVALID,
        span=span_of(source.exclude, source.exclude_spans, wrong.pattern),
        pattern=shown(wrong.pattern),
        reason=shown(str(wrong)),
    )


def report_unused(source: FolderSource, selection: Selection, findings: Findings) -> None:
    """Warn of each pattern that matches nothing below the folder. `selection` has decided on all of it."""
    every = (1 << len(selection.patterns)) - 1
    if findings.has_errors or selection.matched & every == every:
        return
    unused = [
        pattern
        for number, pattern in enumerate(selection.patterns)
        if not selection.matched >> number & 1 and not _means_nothing(pattern) and not _is_about_what_is_never(pattern)
    ]
    if not unused:
        return
    hidden = _matched_out_of_sight(source.root, selection)
    reported = [pattern for pattern in unused if pattern not in hidden]
    for number, pattern in enumerate(reported[:_MOST_REPORTED], start=1):
        more = len(reported) - number if number == _MOST_REPORTED else 0
        reason, hint = _reason(pattern, source.root)
        findings.report(
            EXCLUDE_UNUSED,
            span=span_of(source.exclude, source.exclude_spans, pattern),
            pattern=shown(pattern),
            effect="includes nothing again" if pattern.startswith("!") else "excludes nothing",
            folder=shown(source.root),
            reason=reason,
            more=f" The same is true for {more} more patterns." if more else "",
            advice=hint,
        )


def _means_nothing(pattern: str) -> bool:
    """Empty lines and comments, as people paste them from a .gitignore file."""
    return not pattern.strip() or pattern.startswith(("# ", "##")) or pattern == "#"


def _is_about_what_is_never(pattern: str) -> bool:
    """Whether a pattern names what is not packed anyway: to write `.git/**` or `.env` is prudent, not a mistake."""
    path = pattern.removeprefix("!").strip("/")
    return is_never_packed(path) or path.removeprefix("./").removeprefix("**/") in LEFT_OUT_AT_TOP


def _matched_out_of_sight(root: str, selection: Selection) -> frozenset[str]:
    """The patterns that match what is never packed, or what lies in folders that other patterns leave out."""
    matched, seen = 0, 0
    for path in selection.skipped:
        matched |= selection.compiled.match(path)[1]
    waiting = list(selection.pruned)
    while waiting and seen < _MOST_LOOKED_AT:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                for entry in entries:
                    seen += 1
                    is_folder = entry.is_dir(follow_symlinks=False)
                    path = f"{folder}{entry.name}/" if is_folder else f"{folder}{entry.name}"
                    matched |= selection.compiled.match(path)[1]
                    if is_folder:
                        waiting.append(path)
        except OSError:
            continue
    return frozenset(pattern for number, pattern in enumerate(selection.patterns) if matched >> number & 1)


def _reason(pattern: str, root: str) -> tuple[str, str]:  # noqa: PLR0911 - one line for each mistake
    """Why a pattern matches nothing, where its text shows it, and what to do."""
    path = pattern.removeprefix("!")
    plain = re.sub(r"\\.", "", path)
    parts = [part for part in path.split("/") if part not in {"", "."}]
    own = _own_names(parts, root)
    if path.startswith("#"):
        return " It begins with #, so it is a comment.", f"Write \\{path} if a name begins so."
    if plain.count("{") != plain.count("}") or plain.count("[") != plain.count("]"):
        return " Its brackets are not balanced.", "Close each { with } and each [ with ]."
    if plain.count("(") != plain.count(")"):
        return " Its brackets are not balanced.", "Close each ( with )."
    if re.search(r"\\[^*?\[\]{}()!#\\ +@|]|\\\*\*", path):
        return (
            " A backslash escapes the character after it and does not separate folders.",
            f'Write "{path.replace(chr(92), "/")}".',
        )
    if ".." in parts:
        return " Patterns are relative to the folder of src and cannot name anything outside it.", "Remove it."
    if own:
        inner = "/".join(parts[own:]) or "**"
        return f' Patterns are relative to "{"/".join(parts[:own])}", the folder of src.', f'Write "{inner}".'
    if re.search(r"\{[^}]*,\s|\s,[^}]*\}", plain):
        without = re.sub(r"\s*,\s*", ",", path)
        return " Spaces in braces are part of a name.", f'Write "{without}".'
    if "," in re.sub(r"\{[^{}]*\}", "", plain):
        return " A comma outside of braces is part of a name.", "Write each pattern as an item of its own."
    return "", "Correct it, or remove it."


def _own_names(parts: list[str], root: str) -> int:
    """How many names a pattern begins with that lead to the folder of src itself."""
    around = root.strip("/").split("/")
    most = min(len(parts), len(around))
    return next((length for length in range(most, 0, -1) if around[-length:] == parts[:length]), 0)
