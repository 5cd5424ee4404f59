"""Find the files of a folder and their stat data.

The platform unpacks regular files only, so links are followed: each is packed as a copy of its target. A link must not
lead out of the folder, to a folder that contains it, or to a file that is never packed. An archive has no entries for
folders, so empty folders are not packed, as in git.
"""
# ruff: noqa: PTH115, PTH116, PTH120
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model.code import NEVER_PACKED, NEVER_PACKED_PREFIX, is_never_packed
from scfdeploy.packager.exclude import EXCLUDED_AT_TOP, Selection, is_virtual_environment
from scfdeploy.packager.findings import Findings, printable
from scfdeploy.packager.fingerprint import File
from scfdeploy.packager.module_links import (
    INSTALL_COMMANDS,
    MAX_LINK_CHARACTERS,
    check_module_links,
    is_module_link,
    text_link_target,
)
from scfdeploy.records import NamedTuple

LINKS_TOO_MANY = Finding(
    "links-too-many",
    Severity.ERROR,
    "Links multiply the files",
    detail='More than {limit} files and folders of "{folder}" are reached through links to folders: every link is '
    "packaged as a copy, and links inside it again.",
    hint="Replace the links, or exclude them with src.exclude.",
    title="Links that multiply the files.",
    what="Links to folders lead to folders with further links, so that the same files would be packaged tens of "
    "thousands of times.",
    why="An archive has no links: each one is packaged as a copy of its target.",
    wrong="Twenty folders with two links each to the next one: a million copies of the last.",
    right="The links removed, or excluded with `src.exclude`.",
)
FILE_SPECIAL = Finding(
    "file-special",
    Severity.ERROR,
    "Not a regular file",
    detail='"{file}" is a {kind}, which cannot be packaged.',
    hint="Remove it, or exclude it with src.exclude.",
    title="Not a regular file.",
    what="A socket, a pipe or a device is in the folder of the code.",
    why="It cannot be packaged.",
    wrong="A server's socket left in the folder.",
    right="The file removed, or excluded with `src.exclude`.",
)
NAME_NOT_UTF8 = Finding(
    "name-not-utf8",
    Severity.ERROR,
    "File name is not UTF-8",
    detail='The name of "{file}" is not UTF-8, so it would change in the archive.',
    hint="Rename the file, or exclude it with src.exclude.",
    title="A file name that is not UTF-8.",
    what="The name of a file is not valid UTF-8.",
    why="It would change in the archive, and the code would not find the file.",
    wrong="A name that was unpacked from an archive created on Windows in GBK.",
    right="The file renamed.",
)
_LINK_DETAIL = 'The link "{link}" leads to "{target}", {reason}.'
_LINK_HINT = (
    "Replace the link by its target, exclude it with src.exclude, or package files from outside with src.include."
)
LINK_BROKEN = Finding(
    "link-broken",
    Severity.ERROR,
    "Broken link",
    detail=_LINK_DETAIL,
    hint=_LINK_HINT,
    title="A broken link.",
    what="A symbolic link in the code points to a target that does not exist.",
    why="The code would lack it.",
    wrong="`node_modules/shared -> ../../shared`, which was moved.",
    right="The link fixed, or excluded with `src.exclude`.",
)
LINK_LEAVES = Finding(
    "link-leaves",
    Severity.ERROR,
    "Link leads out of the folder",
    detail=_LINK_DETAIL,
    hint=_LINK_HINT,
    title="A link that leads out of the folder.",
    what="A symbolic link in the code points outside the folder that is packaged.",
    why="The platform unpacks the code into its own folder, without the other files of your machine.",
    wrong="`src/shared -> ../../shared`",
    right=yaml("src:\n  src: ./src\n  include: ['../shared']"),
)
LINK_FORBIDDEN = Finding(
    "link-forbidden",
    Severity.ERROR,
    "Link to files that are never packaged",
    detail=_LINK_DETAIL,
    hint=_LINK_HINT,
    title="A link to files that are never packaged.",
    what="A symbolic link in the code points to a .env file, a .git folder, or files of scfdeploy.",
    why="Such files contain secrets or history.",
    wrong="`src/settings -> ../.env`",
    right=yaml("environment:\n  variables:\n    API_URL: ${env:API_URL}"),
)
LINK_CYCLE = Finding(
    "link-cycle",
    Severity.ERROR,
    "Link cycle",
    detail=_LINK_DETAIL,
    hint=_LINK_HINT,
    title="A link that leads to a folder it is in.",
    what="A symbolic link in the code points to a folder that contains it.",
    why="Following it never ends.",
    wrong="`src/again -> .`",
    right="The link removed, or excluded with `src.exclude`.",
)

_MAX_BELOW_LINKS = 50_000
"""Files and folders reached through links to folders. Links to links multiply: 20 levels of 2 are a million."""

_MAX_LINKS_IN_PATH = 16
"""Deeper folders are read by their real path: systems follow at most 32 or 40 links in one path."""


class _Folder(NamedTuple):
    """A folder to scan."""

    path: str
    prefix: str
    """The path in the archive, with a closing `/` unless empty."""
    real: str
    """`path` without links."""
    parents: tuple[str, ...] = ()
    """The real paths of the folders that contain the links on the way here."""


class Scan:
    """Collects files by their name in the archive, and reports problems to `findings`."""

    def __init__(self, findings: Findings, *, bounds: Iterable[str] = ()) -> None:
        self.files: dict[str, File] = {}
        self.bounds = list(bounds)
        """The real paths of folders that links can lead into; each scanned folder becomes one."""
        self._module_links: dict[str, str] = {}
        """The paths of packages in node_modules that are links, and their real paths."""
        self._skipped_at_top: Container[str] = ()
        self._below_links = 0
        self._reported: set[tuple[str, str]] = set()
        self._findings = findings

    def folder(self, path: str, *, selection: Selection, prefix: str = "", skipped: Container[str] = ()) -> None:
        """Add the files below `path` with `prefix` before their names, but not those of the names in `skipped`.

        BadPatternError.
        """
        top = _Folder(path, prefix, os.path.realpath(path))
        self._skipped_at_top = skipped
        self.bounds.append(top.real)
        waiting = [top]
        while waiting and not self._findings.is_full and not self._is_endless:
            self._scan_folder(waiting.pop(), top=top, selection=selection, waiting=waiting)

    def report_links(self, root: str) -> bool:
        """Report links that prevent packing the scanned folder `root`, and return whether there are any."""
        if self._module_links and check_module_links(self._module_links, root, self._findings):
            return True
        if self._is_endless:
            self._findings.report(LINKS_TOO_MANY, limit=_MAX_BELOW_LINKS, folder=printable(root))
        return self._is_endless

    def file(self, path: str, name: str) -> None:
        """Add one file, following links."""
        try:
            self._add(name, path, os.stat(path))
        except OSError as wrong:
            self._findings.cannot_read(path, wrong)

    @property
    def _is_endless(self) -> bool:
        return self._below_links > _MAX_BELOW_LINKS

    def _scan_folder(self, here: _Folder, *, top: _Folder, selection: Selection, waiting: list[_Folder]) -> None:
        excludes = selection.excludes
        skip = len(top.prefix)  # patterns match paths from the top of the scanned folder
        try:
            with os.scandir(here.path) as entries:
                for entry in entries:
                    if here.parents:
                        self._below_links += 1
                        if self._is_endless:
                            return
                    name = entry.name
                    full = here.prefix + name
                    is_skipped_at_top = here is top and (name in EXCLUDED_AT_TOP or name in self._skipped_at_top)
                    if name in NEVER_PACKED or name.startswith(NEVER_PACKED_PREFIX) or is_skipped_at_top:
                        selection.skipped.append(full[skip:])
                        continue
                    if entry.is_symlink():
                        self._follow(entry, here, top=top, selection=selection, waiting=waiting)
                    elif entry.is_dir(follow_symlinks=False):
                        if _is_entered(entry, f"{full[skip:]}/", selection):
                            waiting.append(_Folder(entry.path, f"{full}/", f"{here.real}/{name}", here.parents))
                    elif not excludes(full[skip:]):
                        self._add(full, entry.path, entry.stat(follow_symlinks=False))
        except OSError as wrong:
            self._findings.cannot_read(wrong.filename or here.path, wrong)

    def _add(self, name: str, path: str, status: os.stat_result) -> None:
        unicode = name if name.isascii() else _in_unicode(name)
        if not stat.S_ISREG(status.st_mode):
            self._findings.report(FILE_SPECIAL, file=printable(path), kind=_kind(status.st_mode))
        elif unicode is None:
            self._findings.report(NAME_NOT_UTF8, file=printable(path))
        else:
            if status.st_size < MAX_LINK_CHARACTERS and is_module_link(name):
                target = text_link_target(path)
                if target is not None:
                    self._module_links[path] = target
            self.files[unicode] = File.from_stat(unicode, path, status)

    def _follow(
        self,
        link: os.DirEntry[str],
        here: _Folder,
        *,
        top: _Folder,
        selection: Selection,
        waiting: list[_Folder],
    ) -> None:
        name = here.prefix + link.name
        path = name[len(top.prefix) :]
        try:
            status = link.stat()
        except OSError:  # its target does not exist, or is the link itself
            if not selection.excludes(path):
                self._report_link(LINK_BROKEN, link, message("which does not exist"))
            return
        is_folder = stat.S_ISDIR(status.st_mode)
        if selection.excludes(f"{path}/" if is_folder else path):
            return
        target = os.path.realpath(f"{here.real}/{link.name}")
        parents = (*here.parents, here.real)
        bound = next((bound for bound in self.bounds if _contains(bound, target)), None)
        if bound is None:
            self._report_link(LINK_LEAVES, link, message('outside "{folder}"', folder=printable(top.path)))
        elif is_never_packed(target[len(bound) :]):
            self._report_link(LINK_FORBIDDEN, link, message("which is never packaged"))
        elif not is_folder:
            self._add(name, link.path, status)
        elif any(_contains(target, parent) for parent in parents):
            self._report_link(LINK_CYCLE, link, message("a folder that contains the link"))
        else:
            if is_module_link(name):
                self._module_links[link.path] = target
            reachable = link.path if len(parents) < _MAX_LINKS_IN_PATH else target
            waiting.append(_Folder(reachable, f"{name}/", target, parents))

    def _report_link(self, finding: Finding, link: os.DirEntry[str], reason: str) -> None:
        is_module = is_module_link(link.path)
        if is_module:
            # If one package is such a link, most in the folder are: report only the first.
            key = (finding.id, os.path.dirname(link.path))
            if key in self._reported:
                return
            self._reported.add(key)
        self._findings.report(
            finding,
            hint="Install packages as plain folders ({commands}), or bundle the code into one file."
            if is_module
            else None,
            link=printable(link.path),
            target=printable(os.readlink(link.path)),
            reason=reason,
            commands=INSTALL_COMMANDS,
        )


def _is_entered(folder: os.DirEntry[str], path: str, selection: Selection) -> bool:
    """Whether the files of a folder are scanned; `path` is its path for patterns. BadPatternError."""
    if selection.excludes(path):
        return False
    if is_virtual_environment(folder.path, folder.name):
        selection.pruned.append(path)
        return False
    return True


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return message("folder")
    if stat.S_ISFIFO(mode):
        return message("named pipe")
    if stat.S_ISSOCK(mode):
        return message("socket")
    if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
        return message("device")
    return message("special file")


def _contains(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _in_unicode(name: str) -> str | None:
    """The bytes of a name on disk decoded as UTF-8, independent of the locale, or None."""
    try:
        return os.fsencode(name).decode()
    except UnicodeDecodeError:
        return None
