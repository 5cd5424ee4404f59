"""Find the files of a folder, with their stat data, which shows a later run whether they have changed.

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

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.packager.exclude import LEFT_OUT_AT_TOP, NEVER, NEVER_PREFIX, Selection, is_never_packed
from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.module_links import (
    CURES_IN_WORDS,
    LONGEST_LINK,
    check_module_links,
    is_module_link,
    link_in_text,
)

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
            self._findings.report(LINKS_TOO_MANY, limit=MOST_BELOW_LINKS, folder=shown(root))
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
            self._findings.report(FILE_SPECIAL, file=shown(path), kind=_kind(facts.st_mode))
        elif unicode is None:
            self._findings.report(NAME_NOT_UTF8, file=shown(path))
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
                self._bad_link(LINK_BROKEN, link, "which does not exist")
            return
        is_folder = stat.S_ISDIR(facts.st_mode)
        if selection.excludes(f"{path}/" if is_folder else path):
            return
        target = os.path.realpath(f"{here.real}/{link.name}")
        bound = next((bound for bound in self.bounds if _is_in(target, bound)), None)
        if bound is None:
            self._bad_link(LINK_LEAVES, link, f'outside "{shown(top.path)}"')
        elif is_never_packed(target[len(bound) :]):
            self._bad_link(LINK_FORBIDDEN, link, "which is never packaged")
        elif not is_folder:
            self._keep(name, link.path, facts)
        elif any(_is_in(folder, target) for folder in (*here.below, here.real)):
            self._bad_link(LINK_CYCLE, link, "a folder that contains the link")
        else:
            if is_module_link(name):
                self.module_links[link.path] = target
            waiting.append(_Folder(link.path, f"{name}/", target, (*here.below, here.real)))

    def _bad_link(self, finding: Finding, link: os.DirEntry[str], reason: str) -> None:
        hint: str | None = None
        if is_module_link(link.path):
            # If one package is a link to another place, most of them are.
            key = (finding.id, os.path.dirname(link.path))
            if key in self._told:
                return
            self._told.add(key)
            hint = "Install packages as plain folders ({commands}), or bundle the code into one file."
        self._findings.report(
            finding,
            hint=hint,
            link=shown(link.path),
            target=shown(os.readlink(link.path)),
            reason=reason,
            commands=CURES_IN_WORDS,
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
