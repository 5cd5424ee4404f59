"""The paths that `include` names: packed although excluded, or from outside the folder.

A path counts from the folder. Its name in the archive is as written, without `./` and leading `../`:
`../shared/util.py` becomes `shared/util.py`; an absolute path keeps its last part only.
"""
# ruff: noqa: PTH110, PTH112, PTH113, PTH114, PTH117, PTH118, PTH119, PTH120, PTH208
# Plain strings, as in scan.

from __future__ import annotations

import os

from scfdeploy.diagnostics import Span, nearest
from scfdeploy.model import FolderSource
from scfdeploy.packager.exclude import Selection, is_never_packed
from scfdeploy.packager.findings import Findings, shown, span_of
from scfdeploy.packager.scan import File, Scan


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
        findings.error(
            "include-invalid",
            "Include names no file below a folder",
            detail=f'"{shown(written)}" in src.include is the folder itself or one around it.',
            hint="Name the files or folders to add, or point src at the outer folder.",
            span=span,
        )
    elif is_never_packed(name) or _leads_to_what_is_never_packed(path):
        findings.error(
            "include-forbidden",
            "Include names what is never packed",
            detail=f'"{shown(written)}" in src.include may hold secrets or history, which are never packed.',
            hint="Remove it; pass settings as environment.variables.",
            span=span,
        )
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
            findings.error(
                "include-clash",
                "Two files with one name",
                detail=f'"{shown(there.path)}" and "{shown(file.path)}" would both be "{shown(file.name)}".',
                hint="Rename one, or leave one out with src.exclude.",
            )


def _missing(findings: Findings, written: str, path: str, span: Span | None) -> None:
    if any(character in written for character in "*?["):
        hint = "src.include takes paths of files and folders, not patterns."
    else:
        folder = os.path.dirname(path)
        near = nearest(os.path.basename(path), os.listdir(folder)) if os.path.isdir(folder) else None
        hint = f'Did you mean "{shown(near)}"?' if near else "Paths in src.include count from the folder of the code."
    findings.error(
        "include-missing",
        "Included file does not exist",
        detail=f'"{shown(written)}" in src.include does not exist: looked for "{shown(path)}".',
        hint=hint,
        span=span,
    )


def _check_folders(files: dict[str, File], findings: Findings) -> None:
    """One name cannot be a file and a folder in the same archive."""
    folders = {name[:at] for name in files for at, character in enumerate(name) if character == "/"}
    for name in sorted(folders & files.keys()):
        findings.error(
            "include-clash",
            "A file and a folder with one name",
            detail=f'With src.include, "{shown(name)}" would be both a file and a folder.',
            hint="Rename one, or leave one out with src.exclude.",
        )
