"""Report invalid and unused patterns of `src.exclude`."""
# ruff: noqa: PTH118
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
import re

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FolderSource
from scfdeploy.model.code import is_never_packed
from scfdeploy.packager.exclude import EXCLUDED_AT_TOP, BadPatternError, Selection
from scfdeploy.packager.findings import Findings, printable, span_of

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

_MAX_REPORTED = 20
_MAX_ENTRIES = 5000
"""Entries of excluded folders to match with a pattern before it is reported as unused."""


def check_patterns(source: FolderSource, findings: Findings) -> None:
    """Report an invalid pattern without reading any file."""
    try:
        if source.exclude:
            _ = Selection(source.exclude).compiled
    except BadPatternError as wrong:
        report_invalid(source, wrong, findings)


def report_invalid(source: FolderSource, wrong: BadPatternError, findings: Findings) -> None:
    """Report an invalid pattern at its position."""
    findings.report(
        EXCLUDE_INVALID,
        span=span_of(source.exclude, source.exclude_spans, wrong.pattern),
        pattern=printable(wrong.pattern),
        reason=printable(str(wrong)),
    )


def report_unused(source: FolderSource, selection: Selection, findings: Findings) -> None:
    """Report each pattern that matches nothing in the folder, after `selection` has decided on all of its files."""
    all_patterns = (1 << len(selection.patterns)) - 1
    if findings.has_errors or selection.matched & all_patterns == all_patterns:
        return
    unused = [
        pattern
        for number, pattern in enumerate(selection.patterns)
        if not selection.matched >> number & 1 and not _is_comment(pattern) and not _names_unpacked(pattern)
    ]
    if not unused:
        return
    hidden = _matched_in_excluded(source.root, selection)
    reported = [pattern for pattern in unused if pattern not in hidden]
    for number, pattern in enumerate(reported[:_MAX_REPORTED], start=1):
        more = len(reported) - number if number == _MAX_REPORTED else 0
        reason, hint = _reason(pattern, source.root)
        findings.report(
            EXCLUDE_UNUSED,
            span=span_of(source.exclude, source.exclude_spans, pattern),
            pattern=printable(pattern),
            effect=message("includes nothing again") if pattern.startswith("!") else message("excludes nothing"),
            folder=printable(source.root),
            reason=reason,
            more=message(" The same is true for {count} more patterns.", count=more) if more else "",
            advice=hint,
        )


def _is_comment(pattern: str) -> bool:
    """Whether this is an empty line or a comment, as in a .gitignore file."""
    return not pattern.strip() or pattern.startswith(("# ", "##")) or pattern == "#"


def _names_unpacked(pattern: str) -> bool:
    """Whether a pattern names files that are not packed anyway: writing `.git/**` or `.env` is not a mistake."""
    path = pattern.removeprefix("!").strip("/")
    return is_never_packed(path) or path.removeprefix("./").removeprefix("**/") in EXCLUDED_AT_TOP


def _matched_in_excluded(root: str, selection: Selection) -> frozenset[str]:
    """The patterns that match files which are never packed, or which are in folders that other patterns exclude."""
    matched, count = 0, 0
    for path in selection.skipped:
        matched |= selection.compiled.match(path)[1]
    waiting = list(selection.pruned)
    while waiting and count < _MAX_ENTRIES:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                for entry in entries:
                    count += 1
                    is_folder = entry.is_dir(follow_symlinks=False)
                    path = f"{folder}{entry.name}/" if is_folder else f"{folder}{entry.name}"
                    matched |= selection.compiled.match(path)[1]
                    if is_folder:
                        waiting.append(path)
        except OSError:
            continue
    return frozenset(pattern for number, pattern in enumerate(selection.patterns) if matched >> number & 1)


def _reason(pattern: str, root: str) -> tuple[str, str]:  # noqa: PLR0911 - one line for each mistake
    """Why a pattern matches nothing, if its text shows that, and what to do."""
    path = pattern.removeprefix("!")
    plain = re.sub(r"\\.", "", path)
    names = [name for name in path.split("/") if name not in {"", "."}]
    own = _own_names(names, root)
    if path.startswith("#"):
        return (
            message(" It begins with #, so it is a comment."),
            message("Write \\{pattern} if a name begins with #.", pattern=path),
        )
    if plain.count("{") != plain.count("}") or plain.count("[") != plain.count("]"):
        return message(" Its brackets are not balanced."), message("Close each { with } and each [ with ].")
    if plain.count("(") != plain.count(")"):
        return message(" Its brackets are not balanced."), message("Close each ( with ).")
    if re.search(r"\\[^*?\[\]{}()!#\\ +@|]|\\\*\*", path):
        return (
            message(" A backslash escapes the character after it and does not separate folders."),
            message('Write "{pattern}".', pattern=path.replace("\\", "/")),
        )
    if ".." in names:
        return (
            message(" Patterns are relative to the folder of src and cannot name anything outside it."),
            message("Remove it."),
        )
    if own:
        return (
            message(' Patterns are relative to "{folder}", the folder of src.', folder="/".join(names[:own])),
            message('Write "{pattern}".', pattern="/".join(names[own:]) or "**"),
        )
    if re.search(r"\{[^}]*,\s|\s,[^}]*\}", plain):
        return (
            message(" Spaces in braces are part of a name."),
            message('Write "{pattern}".', pattern=re.sub(r"\s*,\s*", ",", path)),
        )
    if "," in re.sub(r"\{[^{}]*\}", "", plain):
        return (
            message(" A comma outside of braces is part of a name."),
            message("Write each pattern as an item of its own."),
        )
    return "", message("Correct it, or remove it.")


def _own_names(names: list[str], root: str) -> int:
    """How many leading names of a pattern are the end of the path of the src folder."""
    folders = root.strip("/").split("/")
    longest = min(len(names), len(folders))
    return next((length for length in range(longest, 0, -1) if folders[-length:] == names[:length]), 0)
