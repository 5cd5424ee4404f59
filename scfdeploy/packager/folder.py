"""Pack one folder, unless a snapshot shows that it has not changed."""
# ruff: noqa: PTH112, PTH113, PTH118
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import errno
import os
from collections.abc import Mapping

from scfdeploy.diagnostics import Finding, ScfDeployError, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Address, Bundle, FolderSource
from scfdeploy.packager.bootstrap import GENERATED, make_executable, report_folder
from scfdeploy.packager.cache import PackageCache, Snapshot, folder_key
from scfdeploy.packager.exclude import BadPatternError, Selection
from scfdeploy.packager.findings import Findings, name_some, printable
from scfdeploy.packager.fingerprint import File, stat_fingerprint
from scfdeploy.packager.include import add_included, add_packages, included_files
from scfdeploy.packager.key_files import holds_keys
from scfdeploy.packager.scan import Scan
from scfdeploy.packager.size_limit import check_size
from scfdeploy.packager.unused_patterns import report_invalid, report_unused

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
    "file, or the folder that the framework's build creates. Or none can be generated, and src.hook has not created "
    "one. This is checked after src.hook has run.",
    why="Every call would fail.",
    wrong=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm ci}"),
    right=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm ci && npm run build}"),
)

_CACHE = "/cache/"
"""A build's cache for the next build, which also exists after a failed build."""


def pack_folder(function: Address, source: FolderSource, *, cache: PackageCache, findings: Findings) -> Bundle | None:
    """The bundle of a folder, or None with an error in `findings`. ScfDeployError when no disk takes the archive."""
    key = folder_key(source)
    remembered = cache.recall(key)
    selection = Selection(source.exclude, remembered.decided if remembered else None, own_files=source.own_files)
    files = _files(source, selection, findings)
    if findings.has_errors:
        return None
    snapshot = cache.validate(key, remembered, files)
    if snapshot is None:
        snapshot = _pack(source, files, selection=selection, cache=cache, findings=findings)
        if snapshot is None:
            return None
        cache.remember(key, snapshot)
    return snapshot.bundle(function, cache.archive(snapshot.sha256))


def check_folder_files(source: FolderSource, findings: Findings) -> None:
    """Report what packing the folder would report, without writing anything."""
    for file in _files(source, Selection(source.exclude, own_files=source.own_files), findings):
        if not os.access(file.path, os.R_OK):
            findings.cannot_read(file.path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def _files(source: FolderSource, selection: Selection, findings: Findings) -> list[File]:
    """Every file to pack, in the order of the archive: by the UTF-8 bytes of the names."""
    if not os.path.isdir(source.root):
        from scfdeploy.packager.archive import report_code_missing

        report_code_missing(source, findings)
        return []
    scan = Scan(findings)
    prefix = f"{source.target}/" if source.target else ""
    try:
        scan.folder(source.root, selection=selection, prefix=prefix, skipped=source.replaced)
        if not scan.report_links(source.root):
            report_unused(source, selection, findings)
    except BadPatternError as wrong:
        report_invalid(source, wrong, findings)
        return []
    add_included(scan, findings, source)
    if findings.has_errors:
        return []
    _leave_out_keys(scan, findings, include=included_files(source))
    if source.built:
        add_packages(scan, source.built, prefix=prefix, findings=findings)
    if source.start_program and any(name.startswith(f"{source.start_program}/") for name in scan.files):
        report_folder(source.start_program, findings)
        return []
    make_executable(scan.files, findings)
    _check_needs(source, scan.files, findings)
    # The order of code points is the order of their UTF-8 bytes.
    files = [scan.files[name] for name in sorted(scan.files)]
    if not findings.has_errors:
        check_size(files, source.root, findings)
    return files


def _leave_out_keys(scan: Scan, findings: Findings, *, include: frozenset[str]) -> None:
    """Remove files that contain keys, with a warning, unless `include` names the file itself."""
    keys = sorted(name for name, file in scan.files.items() if name not in include and holds_keys(file))
    for name in keys:
        del scan.files[name]
    if keys:
        findings.report(KEY_FILE_LEFT_OUT, files=name_some(keys), first=printable(keys[0]))


def _check_needs(source: FolderSource, files: Mapping[str, File], findings: Findings) -> None:
    """Report files that the generated start program requires and the archive would lack."""
    if GENERATED in files:
        return
    if source.bootstrap is None:
        if source.start_program == GENERATED and source.hook is not None:
            findings.report(
                START_FILES_MISSING,
                detail='"{folder}" has no {bootstrap}, and none can be generated for this function.',
                hint="Let src.hook create it, or write the command that starts your server on 0.0.0.0, port 9000, as "
                "`startCmd`.",
                bootstrap=GENERATED,
                folder=printable(source.root),
            )
        return
    for need in source.needs:
        if need in files or any(name.startswith(f"{need}/") and _CACHE not in name for name in files):
            continue
        if _has_content(os.path.join(source.root, need)):
            state, advice = message("is not packaged"), message("Remove it from src.exclude")
        else:
            is_folder = os.path.isdir(os.path.join(source.root, need))
            state = message("contains no build") if is_folder else message("does not exist")
            advice = (
                message("Let src.hook run the build that creates it, or run that build yourself before --no-hook")
                if source.hook is not None
                else message("Run your build first")
            )
        findings.report(
            START_FILES_MISSING,
            path=printable(need),
            state=state,
            bootstrap=GENERATED,
            folder=printable(source.root),
            advice=advice,
        )


def _has_content(path: str) -> bool:
    """Whether this is a file, or a folder that contains more than a cache."""
    folders = (folder for folder, _, names in os.walk(path) if names and _CACHE not in f"{folder}/")
    return os.path.isfile(path) or any(folders)


def _pack(
    source: FolderSource, files: list[File], *, selection: Selection, cache: PackageCache, findings: Findings
) -> Snapshot | None:
    from scfdeploy.packager.archive_builder import write_archive

    seen_at_ns = cache.now_ns()
    try:
        with cache.new_archive() as file:
            written = write_archive(files, source, file, findings=findings, seen_at_ns=seen_at_ns)
            if findings.has_errors:
                return None
            cache.put_archive(file, written.sha256)
    except OSError as wrong:
        raise ScfDeployError(
            message("The archive cannot be written: {reason}.", reason=wrong.strerror or wrong),
            hint=message("Free some disk space, or set TMPDIR to a writable folder."),
        ) from wrong
    archive = cache.stat_archive(written.sha256)
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
