"""Finds the files of a folder, with the facts by which a later run can tell that they are the same.

Links are followed, because the platform unpacks plain files: a link to a file becomes the file, one to a folder the
folder. A link may not lead out of the folder, back into a folder it lies in, or to what is never packed. Folders
themselves are not entries of the archive: an empty folder does not travel, as it does not in git.
"""
# ruff: noqa: PTH115, PTH116, PTH120
# Twenty thousand files are to be looked at in a blink; pathlib is several times slower.

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from typing import NamedTuple

from scfdeploy.packager.exclude import LEFT_OUT_AT_TOP, NEVER, NEVER_PREFIX, Selection, is_never_packed
from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.module_links import (
    CURES_IN_WORDS,
    LONGEST_LINK,
    check_module_links,
    is_module_link,
    link_in_text,
)

MOST_BELOW_LINKS = 50_000
"""Files and folders reached through links to folders. Links to links multiply: 20 levels of 2 are a million."""


class File(NamedTuple):
    """One file to pack: its name in the archive, where it lies, and what `stat` says of it."""

    name: str
    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int


class _Folder(NamedTuple):
    """A folder to look into. `real` is `path` without links; `below` are the real folders whose links led here."""

    path: str
    prefix: str
    real: str
    below: tuple[str, ...] = ()


class Scan:
    """Collects files by their name in the archive. What is wrong goes to `findings`.

    `bounds` are the real folders that links may lead into; each folder looked into becomes one.
    """

    def __init__(self, findings: Findings, *, bounds: Iterable[str] = ()) -> None:
        self.files: dict[str, File] = {}
        self.module_links: dict[str, str] = {}
        """Packages in node_modules that are links: their paths, and their real places."""
        self.is_endless = False
        """Whether links multiplied what lies in the folder without bound, so that the walk was given up."""
        self._below_links = 0
        self._told: set[tuple[str, str]] = set()
        self._findings = findings
        self.bounds = list(bounds)

    def folder(self, path: str, *, selection: Selection, prefix: str = "") -> None:
        """Add the files below `path`, their names beginning with `prefix`. BadPatternError."""
        top = _Folder(path, prefix, os.path.realpath(path))
        self.bounds.append(top.real)
        waiting = [top]
        while waiting and not self._findings.is_full and not self.is_endless:
            self._look_into(waiting.pop(), top=top, selection=selection, waiting=waiting)

    def report_links(self, root: str) -> bool:
        """Whether links make the folder `root`, which was walked, unfit to be packed; reported if so."""
        if self.module_links and check_module_links(self.module_links, root, self._findings):
            return True
        if self.is_endless:
            self._findings.error(
                "links-too-many",
                "Links multiply the files",
                detail=f'More than {MOST_BELOW_LINKS} files and folders of "{shown(root)}" are reached through links '
                "to folders: every link is packed as a copy, and links inside it again.",
                hint="Replace the links, or leave them out with src.exclude.",
            )
        return self.is_endless

    def file(self, path: str, name: str) -> None:
        """Add one file, following links."""
        try:
            self._keep(name, path, os.stat(path))
        except OSError as wrong:
            self._findings.cannot_read(path, wrong)

    def _look_into(self, here: _Folder, *, top: _Folder, selection: Selection, waiting: list[_Folder]) -> None:
        excludes = selection.excludes
        skip = len(top.prefix)  # patterns see paths from the top of the walked folder
        try:
            with os.scandir(here.path) as entries:
                for entry in entries:
                    name = entry.name
                    if here.below and self._is_too_much():
                        return
                    full = here.prefix + name
                    if name in NEVER or name.startswith(NEVER_PREFIX) or (here is top and name in LEFT_OUT_AT_TOP):
                        selection.skipped.append(full[skip:])
                        continue
                    if entry.is_symlink():
                        self._follow(entry, here, top=top, selection=selection, waiting=waiting)
                    elif entry.is_dir(follow_symlinks=False):
                        if not excludes(f"{full[skip:]}/"):
                            waiting.append(_Folder(entry.path, f"{full}/", f"{here.real}/{name}", here.below))
                    elif not excludes(full[skip:]):
                        self._keep(full, entry.path, entry.stat(follow_symlinks=False))
        except OSError as wrong:
            self._findings.cannot_read(wrong.filename or here.path, wrong)

    def _is_too_much(self) -> bool:
        self._below_links += 1
        self.is_endless = self._below_links > MOST_BELOW_LINKS
        return self.is_endless

    def _keep(self, name: str, path: str, facts: os.stat_result) -> None:
        unicode = name if name.isascii() else _in_unicode(name)
        if not stat.S_ISREG(facts.st_mode):
            self._findings.error(
                "file-special",
                "Not a plain file",
                detail=f'"{shown(path)}" is a {_kind(facts.st_mode)}, which cannot be packed.',
                hint="Remove it, or leave it out with src.exclude.",
            )
        elif unicode is None:
            self._findings.error(
                "name-not-utf8",
                "File name is not UTF-8",
                detail=f'The name of "{shown(path)}" is not UTF-8, so it would not arrive as it is.',
                hint="Rename the file, or leave it out with src.exclude.",
            )
        else:
            if facts.st_size < LONGEST_LINK and is_module_link(name):
                target = link_in_text(path)
                if target is not None:
                    self.module_links[path] = target
            self.files[unicode] = File(
                unicode, path, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, facts.st_mode
            )

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
            facts = link.stat()
        except OSError:  # it leads nowhere, or only to itself
            if not selection.excludes(path):
                self._bad_link("link-broken", link, "Link leads nowhere", "which does not exist")
            return
        is_folder = stat.S_ISDIR(facts.st_mode)
        if selection.excludes(f"{path}/" if is_folder else path):
            return
        target = os.path.realpath(f"{here.real}/{link.name}")
        bound = next((bound for bound in self.bounds if _is_in(target, bound)), None)
        if bound is None:
            self._bad_link("link-leaves", link, "Link leads out of the folder", f'outside "{shown(top.path)}"')
        elif is_never_packed(target[len(bound) :]):
            self._bad_link("link-forbidden", link, "Link leads to what is never packed", "which is never packed")
        elif not is_folder:
            self._keep(name, link.path, facts)
        elif any(_is_in(folder, target) for folder in (*here.below, here.real)):
            self._bad_link("link-cycle", link, "Link leads in a circle", "a folder that the link lies in")
        else:
            if is_module_link(name):
                self.module_links[link.path] = target
            waiting.append(_Folder(link.path, f"{name}/", target, (*here.below, here.real)))

    def _bad_link(self, rule: str, link: os.DirEntry[str], summary: str, why: str) -> None:
        hint = (
            "Replace the link by what it leads to, leave it out with src.exclude, "
            "or pack files from outside with src.include."
        )
        if is_module_link(link.path):
            # Where one package is a link to elsewhere, mostly all are.
            key = (rule, os.path.dirname(link.path))
            if key in self._told:
                return
            self._told.add(key)
            hint = f"Install packages as plain folders ({CURES_IN_WORDS}), or bundle the code into one file."
        self._findings.error(
            rule,
            summary,
            detail=f'The link "{shown(link.path)}" leads to "{shown(os.readlink(link.path))}", {why}.',
            hint=hint,
        )


def _kind(mode: int) -> str:
    for test, word in (
        (stat.S_ISDIR, "folder"),
        (stat.S_ISFIFO, "named pipe"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISBLK, "device"),
        (stat.S_ISCHR, "device"),
    ):
        if test(mode):
            return word
    return "special file"


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _in_unicode(name: str) -> str | None:
    """The name that the bytes on disk spell in UTF-8, whatever this process's locale takes them for; else None."""
    try:
        return os.fsencode(name).decode()
    except UnicodeDecodeError:
        return None
