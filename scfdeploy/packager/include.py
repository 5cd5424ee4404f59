"""The paths that `include` names: packed although excluded, or from outside the folder.

A path counts from the folder. Its name in the archive is as written, without `./` and leading `../`:
`../shared/util.py` becomes `shared/util.py`; an absolute path keeps its last part only.
"""
# ruff: noqa: PTH110, PTH112, PTH113, PTH114, PTH117, PTH118, PTH119, PTH120, PTH208
# Plain strings, as in scan.

from __future__ import annotations

import os

from scfdeploy.diagnostics import Finding, Severity, Span, nearest
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FolderSource
from scfdeploy.packager.exclude import Selection, is_never_packed
from scfdeploy.packager.findings import Findings, shown, span_of
from scfdeploy.packager.scan import File, Scan

INCLUDE_INVALID = Finding(
    "include-invalid",
    Severity.ERROR,
    "Include names the folder itself",
    detail='"{path}" in src.include is the folder itself or a parent of it.',
    hint="Name the files or folders to add, or point src at the outer folder.",
    title="An include path that is the folder itself or a parent.",
    what="A path in `src.include` is the folder of the code itself or a parent of it.",
    why="Everything would be packaged twice.",
    wrong=yaml("src:\n  src: ./src\n  include: ['..']"),
    right=yaml("src:\n  src: ./src\n  include: ['../shared']"),
)
INCLUDE_FORBIDDEN = Finding(
    "include-forbidden",
    Severity.ERROR,
    "Include names files that are never packaged",
    detail='"{path}" in src.include may contain secrets or history, which are never packaged.',
    hint="Remove it; pass settings as environment.variables.",
    title="An include path to files that are never packaged.",
    what="A path in `src.include` is a .env file, a .git folder, or belongs to scfdeploy.",
    why="Such files contain secrets or history, which no function needs.",
    wrong=yaml("src:\n  src: ./src\n  include: ['.env']"),
    right=yaml("environment:\n  variables:\n    API_URL: ${env:API_URL}"),
)
INCLUDE_CLASH = Finding(
    "include-clash",
    Severity.ERROR,
    "Two files with one name",
    detail='"{first}" and "{second}" would both be "{name}".',
    hint="Rename one, or exclude one with src.exclude.",
    title="Two files with one name.",
    what="With `src.include`, two files would have one name in the archive, or a file and a folder would.",
    why="Only one of them could be unpacked.",
    wrong="`src/util.py` and `../shared/util.py`, included without a folder.",
    right="One of them renamed, or excluded with `src.exclude`.",
)
INCLUDE_MISSING = Finding(
    "include-missing",
    Severity.ERROR,
    "Included file does not exist",
    detail='"{path}" in src.include does not exist: looked for "{full_path}".',
    hint="Paths in src.include are relative to the folder of the code.",
    title="An included file does not exist.",
    what="A path in `src.include` does not exist.",
    why="The code would lack it.",
    wrong=yaml("src:\n  src: ./src\n  include: ['../shraed']"),
    right=yaml("src:\n  src: ./src\n  include: ['../shared']"),
)


def add_included(scan: Scan, findings: Findings, source: FolderSource) -> None:
    """Add what `include` names to the files found in the folder."""
    for written in dict.fromkeys(source.include):
        if findings.is_full:
            break
        path = _path_of(source, written, findings)
        if path is not None:
            _add(scan, findings, name=_name_in_archive(written), path=path)
    if source.include:
        _check_folders(scan.files, findings)


def included_files(root: str, include: tuple[str, ...]) -> frozenset[str]:
    """The names in the archive of the files that `include` names one by one, not as parts of a folder."""
    return frozenset(
        _name_in_archive(written)
        for written in include
        if os.path.isfile(os.path.normpath(os.path.join(root, written)))
    )


def check_include(source: FolderSource, findings: Findings) -> None:
    """Report what can be seen wrong with `include` before packing."""
    for written in dict.fromkeys(source.include):
        if findings.is_full:
            break
        _path_of(source, written, findings, may_be_made=source.hook is not None)


def _path_of(source: FolderSource, written: str, findings: Findings, *, may_be_made: bool = False) -> str | None:
    """The path of an item of `include`; None and a finding when it cannot be packed.

    With `may_be_made`, a command may still make what does not exist.
    """
    name = _name_in_archive(written)
    path = os.path.normpath(os.path.join(source.root, written))
    span = span_of(source.include, source.include_spans, written)
    if not name:
        findings.report(INCLUDE_INVALID, span=span, path=shown(written))
    elif is_never_packed(name) or _leads_to_what_is_never_packed(path):
        findings.report(INCLUDE_FORBIDDEN, span=span, path=shown(written))
    elif not may_be_made and not os.path.exists(path):
        _missing(findings, written, path, span)
    else:
        return path
    return None


def _leads_to_what_is_never_packed(path: str) -> bool:
    return os.path.islink(path) and is_never_packed(os.path.basename(os.path.realpath(path)))


def _name_in_archive(written: str) -> str:
    name = os.path.normpath(written)
    if os.path.isabs(name):
        return os.path.basename(name)
    parts = name.split("/")
    while parts and parts[0] in {"..", "."}:
        del parts[0]
    return "/".join(parts)


def _add(scan: Scan, findings: Findings, *, name: str, path: str) -> None:
    added = Scan(findings, bounds=scan.bounds)
    if os.path.isdir(path):
        added.folder(path, selection=Selection(()), prefix=f"{name}/")
        added.report_links(path)
    else:
        added.file(path, name)
    for file in added.files.values():
        there = scan.files.setdefault(file.name, file)
        if os.path.realpath(there.path) != os.path.realpath(file.path):
            findings.report(INCLUDE_CLASH, first=shown(there.path), second=shown(file.path), name=shown(file.name))


def _missing(findings: Findings, written: str, path: str, span: Span | None) -> None:
    near: str | None = None
    hint: str | None = None
    if any(character in written for character in "*?["):
        hint = "src.include takes paths of files and folders, not patterns."
    elif os.path.isdir(folder := os.path.dirname(path)):
        near = nearest(os.path.basename(path), os.listdir(folder))
        hint = 'Did you mean "{near}"?' if near else None
    findings.report(
        INCLUDE_MISSING,
        span=span,
        hint=hint,
        path=shown(written),
        full_path=shown(path),
        near=shown(near) if near else None,
    )


def _check_folders(files: dict[str, File], findings: Findings) -> None:
    """One name cannot be a file and a folder in the same archive."""
    folders = {name[:at] for name in files for at, character in enumerate(name) if character == "/"}
    for name in sorted(folders & files.keys()):
        findings.report(
            INCLUDE_CLASH,
            summary="A file and a folder with one name",
            detail='With src.include, "{name}" would be both a file and a folder.',
            name=shown(name),
        )
