"""Add the paths of `include`, which are packed although they are excluded or outside the folder.

A path is relative to the folder. Its name in the archive is the path without `./` and leading `../`:
`../shared/util.py` becomes `shared/util.py`. An absolute path is reduced to its last name.

An item can have a `prefix`, a path that the vendor's own tool puts behind the first folder of each name:
`{source: ./vendor, prefix: ../lib}` makes `vendor/../lib/a.js` of `vendor/a.js`, which is `lib/a.js`.
"""
# ruff: noqa: PTH110, PTH112, PTH113, PTH117, PTH118, PTH119, PTH120, PTH208
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os

from scfdeploy.diagnostics import Finding, Severity, Span, nearest
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import FolderSource
from scfdeploy.model.code import is_never_packed
from scfdeploy.model.file_findings import INCLUDE_FORBIDDEN
from scfdeploy.packager.exclude import Selection
from scfdeploy.packager.findings import Findings, name_some, printable, span_of
from scfdeploy.packager.fingerprint import File
from scfdeploy.packager.scan import Scan

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
INCLUDE_CLASH = Finding(
    "include-clash",
    Severity.ERROR,
    "Two files with one name",
    detail='"{first}" and "{second}" would both be "{name}".',
    hint="Rename one, or exclude one with src.exclude.",
    title="Two files with one name.",
    what="With `src.include`, two files with different contents would have one name in the archive, or a file and a "
    "folder would.",
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


PACKAGE_HIDDEN = Finding(
    "package-hidden",
    Severity.WARNING,
    "Code has the names of installed files",
    detail="These files of the code are packaged in place of files of a dependency: {files}.",
    hint="Rename them. If packages were installed into the folder of the code, remove them there.",
    title="Files of the code with the names of installed files.",
    what="The code and an installed dependency have a file of the same name at the same place; that of the code is "
    "packaged.",
    why="The dependency may not work without its own file.",
    wrong="`src/requests/__init__.py`, and requests in requirements.txt.",
    right="The folder renamed.",
)


def add_included(scan: Scan, findings: Findings, source: FolderSource) -> None:
    """Add the files of `include` to those of the folder."""
    for written, prefix in dict.fromkeys(source.included):
        if findings.is_full:
            break
        path = _path_of(source, written, prefix, findings)
        if path is not None:
            _add(scan, findings, name=_name_in_archive(written, prefix, is_file=os.path.isfile(path)), path=path)
    if source.include:
        _check_names(scan.files, findings)


def add_packages(scan: Scan, folder: str, *, prefix: str, findings: Findings) -> None:
    """Add the installed dependencies in `folder`. A file of the code takes the place of one of theirs."""
    added = Scan(findings)
    added.folder(folder, selection=Selection(()), prefix=prefix)
    added.report_links(folder)
    hidden = sorted(added.files.keys() & scan.files.keys())
    if hidden:
        findings.report(PACKAGE_HIDDEN, files=name_some(hidden))
    scan.files = {**added.files, **scan.files}
    _check_names(scan.files, findings)


def included_files(source: FolderSource) -> frozenset[str]:
    """The names in the archive of the files that `include` names themselves, not as part of a folder."""
    return frozenset(
        _name_in_archive(written, prefix, is_file=True)
        for written, prefix in source.included
        if os.path.isfile(os.path.normpath(os.path.join(source.root, written)))
    )


def check_include(source: FolderSource, findings: Findings) -> None:
    """Report invalid paths of `include` before packing."""
    for written, prefix in dict.fromkeys(source.included):
        if findings.is_full:
            break
        _path_of(source, written, prefix, findings, can_be_created=source.hook is not None)


def _path_of(
    source: FolderSource, written: str, prefix: str, findings: Findings, *, can_be_created: bool = False
) -> str | None:
    """The path of an item of `include`, or None with a finding when it cannot be packed.

    With `can_be_created`, a missing path is not an error: a hook can still create it.
    """
    name = _name_in_archive(written)
    path = os.path.normpath(os.path.join(source.root, written))
    span = span_of(source.include, source.include_spans, written)
    if not name:
        findings.report(INCLUDE_INVALID, span=span, path=printable(written))
    elif is_never_packed(f"{name}/{prefix}") or _leads_to_forbidden(path, name):
        findings.report(INCLUDE_FORBIDDEN, span=span, path=printable(written))
    elif not can_be_created and not os.path.exists(path):
        _report_missing(findings, written, path, span)
    else:
        return path
    return None


def _leads_to_forbidden(path: str, name: str) -> bool:
    """Whether a link in `name`, the end of `path`, leads to what is never packed, such as a file below .git."""
    if not os.path.lexists(path):
        return False
    start = os.path.realpath(path.removesuffix(f"/{name}"))
    return is_never_packed(os.path.relpath(os.path.realpath(path), start))


def _name_in_archive(written: str, prefix: str = "", *, is_file: bool = False) -> str:
    """The name of a file, or of the files of a folder; empty for the top of the archive."""
    name = os.path.normpath(written)
    if os.path.isabs(name):
        name = os.path.basename(name)
    names = _without_parents(name)
    if names and prefix:
        folders, file = (names[:-1], names[-1:]) if is_file else (names, [])
        names = _without_parents(os.path.normpath("/".join([*folders[:1], prefix, *folders[1:], *file])))
    return "/".join(names)


def _without_parents(name: str) -> list[str]:
    """The names in a path, without `.` and `..` at its beginning."""
    names = name.split("/")
    while names and names[0] in {"..", ".", ""}:
        del names[0]
    return names


def _add(scan: Scan, findings: Findings, *, name: str, path: str) -> None:
    added = Scan(findings, bounds=scan.bounds)
    if os.path.isdir(path):
        added.folder(path, selection=Selection(()), prefix=f"{name}/" if name else "")
        added.report_links(path)
    else:
        added.file(path, name)
    for file in added.files.values():
        existing = scan.files.setdefault(file.name, file)
        if not _is_same(existing, file):
            findings.report(
                INCLUDE_CLASH,
                first=printable(existing.path),
                second=printable(file.path),
                name=printable(file.name),
            )


def _is_same(first: File, second: File) -> bool:
    """Whether it does not matter which of two files is packed: both are one file, or have the same content."""
    import filecmp

    if os.path.realpath(first.path) == os.path.realpath(second.path):
        return True
    try:
        return first.size == second.size and filecmp.cmp(first.path, second.path, shallow=False)
    except OSError:
        return False  # packing reports that it cannot be read


def _report_missing(findings: Findings, written: str, path: str, span: Span | None) -> None:
    near: str | None = None
    is_pattern = any(character in written for character in "*?[")
    if not is_pattern and os.path.isdir(folder := os.path.dirname(path)):
        near = nearest(os.path.basename(path), os.listdir(folder))
    findings.report(
        INCLUDE_MISSING,
        span=span,
        hint="src.include takes paths of files and folders, not patterns."
        if is_pattern
        else 'Did you mean "{near}"?'
        if near
        else None,
        path=printable(written),
        full_path=printable(path),
        near=printable(near or ""),
    )


def _check_names(files: dict[str, File], findings: Findings) -> None:
    """Report names that would be both a file and a folder of the archive."""
    folders = {name[:end] for name in files for end, character in enumerate(name) if character == "/"}
    for name in sorted(folders & files.keys()):
        findings.report(
            INCLUDE_CLASH,
            summary="A file and a folder with one name",
            detail='With src.include, "{name}" would be both a file and a folder.',
            name=printable(name),
        )
