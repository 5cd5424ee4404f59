"""Notes of what the last successful apply of a checkout left in the cloud, kept in `.scfdeploy/cache/refreshed/`.

A note lets a later plan skip the read of a function. It contains no setting: only ids, times, URLs and digests. A note
that is missing costs time, never correctness; one that is damaged, copied or edited is ignored (see `file_cache`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.workspace.file_cache import FileCache, place_key
from scfdeploy.workspace.lock import momentary_lock
from scfdeploy.workspace.paths import NAME, cache_dir

_FORMAT = 1
_FOLDER = "refreshed"
_SALT_BYTES = 16


class FunctionNote(NamedTuple):
    """What is known of one function, by the end of an apply."""

    function_id: str
    modified: str
    """Its modification time, in the format of the API."""
    entry: str
    """The digest of its list entry; empty if that was not read since the last change."""
    content: str
    """A digest of its files: everything that its plan compares with the cloud."""
    parts: tuple[str, ...]
    """The addresses of the resources of the files that belong to it."""
    urls: Mapping[str, tuple[str, ...]]
    """Its URLs by the address of their trigger."""
    version: str
    """Its newest published version, if the files ask for one; otherwise empty."""


class NotesScope(NamedTuple):
    """What notes belong to."""

    endpoint: str
    region: str
    app: str
    stage: str

    @property
    def is_tencent_cloud(self) -> bool:
        """Whether the notes are of Tencent Cloud itself, at no other address."""
        return not self.endpoint

    def has_project_of(self, other: NotesScope) -> bool:
        """Whether both are of one project, in the same cloud or in another."""
        return self[1:] == other[1:]


class RefreshNotes:
    """The notes of one scope, written by one version of the program; those of another version are not read."""

    def __init__(self, root: str, scope: NotesScope, *, version: str) -> None:
        self._scope = scope
        self._version = version
        self._directory = str(cache_dir(root))
        self._name = f"{_FOLDER}/{place_key(*scope)}"
        self._content: _Content | None = None

    @property
    def salt(self) -> str:
        """A random text that belongs to these notes."""
        return self._read().salt

    @property
    def by_address(self) -> Mapping[str, FunctionNote]:
        """The notes by the address of the function."""
        return self._read().notes

    def forget(self, addresses: Collection[str], *, is_local: bool) -> None:
        """Remove the notes of functions; call it before anything of them changes.

        Also what runs with another endpoint noted of the project: one cloud has several names. `is_local` says that the
        cloud is a local server; its data can be served at an address too, but is never Tencent Cloud's, whose notes
        stay. Notes that cannot be read, such as those of another version, are removed as a whole. Raises ScfDeployError
        if a note would stay: a later plan could miss what this run changes.
        """
        self._content = None
        if not os.path.isdir(f"{self._directory}/{_FOLDER}"):
            return
        files = FileCache(self._directory)
        # Runs in two folders of a project at once have different locks, and each removes its notes of the whole.
        with momentary_lock(f"{self._directory}/{_FOLDER}.lock"):
            names = {self._name, *(f"{_FOLDER}/{name}" for name in files.names(_FOLDER))}
            for name in sorted(names):
                self._forget_in(name, files, addresses, is_local=is_local)

    def replace(self, notes: Mapping[str, FunctionNote]) -> None:
        """Write these notes in place of all others."""
        content = self._read()
        if notes != content.notes:
            self._content = content._replace(notes=dict(notes))
            self._write(self._name, self._content)

    def _forget_in(self, name: str, files: FileCache, addresses: Collection[str], *, is_local: bool) -> None:
        file = files.read(name)
        content = _parse(file or b"", version=self._version)
        if content is not None:
            is_other = not content.scope.has_project_of(self._scope) or (is_local and content.scope.is_tencent_cloud)
            if is_other or content.notes.keys().isdisjoint(addresses):
                return
        # Removed first: a disk that is full still allows that.
        files.remove(name)
        path = f"{self._directory}/{name}"
        if file is not None and os.path.lexists(path):
            raise ScfDeployError(
                message("{path} cannot be removed, and would be wrong after this run; nothing was changed", path=path),
                hint=message("Make the folder writable, or remove it."),
            )
        _sync_folder(os.path.dirname(path))
        if content is not None:
            remaining = {address: note for address, note in content.notes.items() if address not in addresses}
            self._write(name, content._replace(notes=remaining))

    def _read(self) -> _Content:
        if self._content is None:
            content = _parse(FileCache(self._directory).read(self._name) or b"", version=self._version)
            if content is None or content.scope != self._scope:
                content = _Content(self._scope, secrets.token_hex(_SALT_BYTES), {})
            self._content = content
        return self._content

    def _write(self, name: str, content: _Content) -> None:
        import json

        rows = {address: list(note) for address, note in content.notes.items()}
        document = {
            "format": _FORMAT,
            "version": self._version,
            "scope": list(content.scope),
            "salt": content.salt,
            "functions": rows,
        }
        files = FileCache(self._directory)
        if not rows:
            files.remove(name)
            return
        with suppress(OSError):
            files.write(name, json.dumps(document, separators=(",", ":")).encode())


def has_notes(root: str) -> bool:
    """Whether a folder has notes of any run."""
    return os.path.isdir(f"{root}/{NAME}/cache/{_FOLDER}")


class _Content(NamedTuple):
    """The content of a file of notes."""

    scope: NotesScope
    salt: str
    notes: Mapping[str, FunctionNote]


def _parse(content: bytes, *, version: str) -> _Content | None:
    """The content of a file; None if it has another form, or if another version of the program wrote it."""
    import json

    try:
        document = json.loads(content)
        if (document["format"], document["version"]) != (_FORMAT, version):
            return None
        notes = {address: _note(row) for address, row in document["functions"].items()}
        scope = NotesScope(*map(_text, document["scope"]))
        return _Content(scope, _text(document["salt"]), notes)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _sync_folder(folder: str) -> None:
    """Make a removal in the folder last beyond a loss of power."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _note(row: Any) -> FunctionNote:
    function_id, modified, entry, content, parts, urls, version = row
    return FunctionNote(
        _text(function_id),
        _text(modified),
        _text(entry),
        _text(content),
        tuple(map(_text, parts)),
        {address: tuple(map(_text, texts)) for address, texts in urls.items()},
        _text(version),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
