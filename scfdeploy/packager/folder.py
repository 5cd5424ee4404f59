"""Pack one folder, unless a snapshot shows that it has not changed."""
# ruff: noqa: PTH110, PTH112, PTH113, PTH118
# Plain strings, as in scan.

from __future__ import annotations

import os
from collections.abc import Mapping

from scfdeploy.diagnostics import Finding, ScfDeployError, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Address, Bundle, FolderSource
from scfdeploy.packager.archive import CODE_MISSING
from scfdeploy.packager.bootstrap import GENERATED, make_executable, refuse_folder
from scfdeploy.packager.cache import PackageCache, Snapshot
from scfdeploy.packager.cache_check import archive_file, folder_key, stat_fingerprint, validate_snapshot
from scfdeploy.packager.exclude import BadPatternError, Selection
from scfdeploy.packager.findings import Findings, name_some, shown
from scfdeploy.packager.include import add_included, included_files
from scfdeploy.packager.key_files import holds_keys
from scfdeploy.packager.scan import File, Scan
from scfdeploy.packager.size_limit import check_size
from scfdeploy.packager.unused_patterns import refuse_pattern, report_unused

KEY_FILE_LEFT_OUT = Finding(
    "key-file-left-out",
    Severity.WARNING,
    "Files that contain keys are not packaged",
    detail="Excluded: {files}.",
    hint="If the function needs one, name it: `include: ['{first}']` under src. Otherwise exclude it with src.exclude.",
    title="Files that contain keys are not packaged.",
    what="The folder of the code has files that contain passwords, tokens or private keys: .netrc, .pypirc, an .npmrc "
    "with a token, a private key, a key store, cloud credentials. They are excluded from the archive.",
    why="Everyone who may read the code of the function or layer would have the keys.",
    wrong=yaml("src: ./   # with an .npmrc that contains `_authToken=...`"),
    right=yaml(
        "src:\n  src: ./\n  exclude: ['.npmrc']   # or, for a key that the code needs: include: ['tls/server.key']"
    ),
)
START_FILES_MISSING = Finding(
    "start-files-missing",
    Severity.ERROR,
    "Files needed at startup are missing",
    detail='"{path}" {state}, and the generated {bootstrap} starts from it; the folder is "{folder}".',
    hint="{advice}, or add your own {bootstrap}.",
    title="The files that the server starts from are not in the code.",
    what="A start program is generated for the web function, and what it starts from is not in the archive: the entry "
    "file, or the folder that the framework's build creates. This is checked after src.hook has run.",
    why="Every call would fail.",
    wrong=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm ci}"),
    right=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm ci && npm run build}"),
)

_CACHE = "/cache/"
"""What a build keeps for the next one, and leaves behind when it fails."""


def pack_folder(function: Address, source: FolderSource, *, cache: PackageCache, findings: Findings) -> Bundle | None:
    """The bundle of a folder, or None when `findings` says why there is none. ScfDeployError when no disk takes it."""
    key = folder_key(source)
    remembered = cache.recall(key)
    selection = Selection(source.exclude, remembered.decided if remembered else None, own_files=source.own_files)
    files = _find(source, selection, findings)
    if findings.has_errors:
        return None
    snapshot = validate_snapshot(remembered, files, cache=cache, key=key) if remembered else None
    if snapshot is None:
        snapshot = _pack(source, files, selection=selection, cache=cache, findings=findings)
        if snapshot is None:
            return None
        cache.remember(key, snapshot)
    return cache.bundle(function, snapshot, path=cache.archive(snapshot.sha256))


def _find(source: FolderSource, selection: Selection, findings: Findings) -> list[File]:
    """Every file to pack, in the order of the archive: by the UTF-8 bytes of the names."""
    if not os.path.isdir(source.root):
        _no_folder(source.root, findings)
        return []
    scan = Scan(findings)
    prefix = f"{source.target}/" if source.target else ""
    try:
        scan.folder(source.root, selection=selection, prefix=prefix)
        if not scan.report_links(source.root):
            report_unused(source, selection, findings)
    except BadPatternError as wrong:
        refuse_pattern(source, wrong, findings)
        return []
    add_included(scan, findings, source)
    if findings.has_errors:
        return []
    _leave_out_keys(scan, findings, named=included_files(source.root, source.include))
    if source.start_program and any(name.startswith(f"{source.start_program}/") for name in scan.files):
        refuse_folder(source.start_program, findings)
        return []
    make_executable(scan.files, findings)
    _check_needs(source, scan.files, findings)
    # Text sorts by code points, which is the order of its UTF-8 bytes.
    files = [scan.files[name] for name in sorted(scan.files)]
    check_size(files, source.root, findings)
    return files


def _leave_out_keys(scan: Scan, findings: Findings, *, named: frozenset[str]) -> None:
    """Take out the files that hold keys, unless `include` names the very file, and say which."""
    keys = sorted(name for name, file in scan.files.items() if name not in named and holds_keys(file))
    if not keys:
        return
    for name in keys:
        del scan.files[name]
    findings.report(KEY_FILE_LEFT_OUT, files=name_some(keys), first=shown(keys[0]))


def _check_needs(source: FolderSource, files: Mapping[str, File], findings: Findings) -> None:
    """Refuse code without what its generated start program starts from, whoever forgot to make or to pack it."""
    if source.bootstrap is None or GENERATED in files:
        return
    for need in source.needs:
        if need in files or any(name.startswith(f"{need}/") and _CACHE not in name for name in files):
            continue
        there = _holds_files(os.path.join(source.root, need))
        findings.report(
            START_FILES_MISSING,
            path=shown(need),
            state="is not packaged" if there else "does not exist",
            bootstrap=GENERATED,
            folder=shown(source.root),
            advice=_cure(source, is_there=there),
        )


def _holds_files(path: str) -> bool:
    """Whether it is a file, or a folder with more in it than a cache."""
    below = (folder for folder, _, names in os.walk(path) if names and _CACHE not in f"{folder}/")
    return os.path.isfile(path) or next(below, None) is not None


def _cure(source: FolderSource, *, is_there: bool) -> str:
    if is_there:
        return "Remove it from src.exclude"
    if source.hook is not None:
        return "Let src.hook run the build that creates it, or run that build yourself before --no-hook"
    return "Run your build first"


def _no_folder(root: str, findings: Findings) -> None:
    is_file = os.path.exists(root)
    findings.report(
        CODE_MISSING,
        detail='"{path}" is not a folder.' if is_file else 'The folder "{path}" does not exist.',
        hint="Point src at the folder that contains it, or at a .zip file." if is_file else None,
        path=shown(root),
    )


def _pack(
    source: FolderSource, files: list[File], *, selection: Selection, cache: PackageCache, findings: Findings
) -> Snapshot | None:
    from scfdeploy.packager.archive_builder import write_archive

    seen_at_ns = cache.now_ns()
    try:
        with cache.new_archive() as unfinished:
            written = write_archive(files, source, unfinished.file, findings=findings, seen_at_ns=seen_at_ns)
            if findings.has_errors:
                return None
            cache.put_archive(unfinished, written.sha256)
    except OSError as wrong:
        raise ScfDeployError(
            f"The archive cannot be written: {wrong.strerror or wrong}.",
            hint="Free some disk space, or set TMPDIR to a folder that can be written.",
        ) from wrong
    archive = archive_file(cache, written.sha256)
    return Snapshot(
        stat=stat_fingerprint(files),
        seen_at_ns=seen_at_ns,
        sha256=written.sha256,
        content_sha256=written.content_sha256,
        size=written.size,
        files=written.files,
        fresh=written.fresh,
        archive=stat_fingerprint([archive] if archive else []),
        decided=selection.decided,
    )
