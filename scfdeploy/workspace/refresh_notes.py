"""Notes of what the last successful apply of a checkout left in the cloud, kept in `.scfdeploy/cache/refreshed/`.

A note lets a later plan skip the read of a function. It contains no setting: only ids, times, URLs and digests. A note
that is missing costs time, never correctness; one that is damaged, copied or edited is ignored (see `file_cache`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.workspace.file_cache import FileCache
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


class RefreshNotes:
    """The notes of one `scope`: the version of the program, and an endpoint, region, app and stage."""

    def __init__(self, root: str, scope: Iterable[str]) -> None:
        import hashlib

        self._scope = [str(part) for part in scope]
        key = hashlib.sha256("\n".join(self._scope).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._directory = str(cache_dir(root))
        self._name = f"{_FOLDER}/{key}"
        self._salt = ""
        self._notes: dict[str, FunctionNote] | None = None

    @property
    def salt(self) -> str:
        """A random text that belongs to these notes."""
        self._read()
        return self._salt

    @property
    def by_address(self) -> Mapping[str, FunctionNote]:
        """The notes by the address of the function."""
        return self._read()

    def forget(self, addresses: Collection[str]) -> None:
        """Remove the notes of functions; call it before anything of them changes.

        Raises ScfDeployError if a note would stay: a later plan could miss what this run changes.
        """
        notes = self._read()
        if notes.keys().isdisjoint(addresses):
            return
        # Removed first: a disk that is full still allows that.
        FileCache(self._directory).remove(self._name)
        path = f"{self._directory}/{self._name}"
        if os.path.lexists(path):
            raise ScfDeployError(
                message("{path} cannot be removed, and would be wrong after this run; nothing was changed", path=path),
                hint=message("Make the folder writable, or remove it."),
            )
        _sync_folder(os.path.dirname(path))
        self._write({address: note for address, note in notes.items() if address not in addresses})

    def replace(self, notes: Mapping[str, FunctionNote]) -> None:
        """Write these notes in place of all others."""
        self._read()
        if notes != self._notes:
            self._write(notes)

    def _read(self) -> dict[str, FunctionNote]:
        if self._notes is None:
            self._salt, self._notes = self._parse(FileCache(self._directory).read(self._name) or b"")
        return self._notes

    def _write(self, notes: Mapping[str, FunctionNote]) -> None:
        import json

        self._notes = dict(notes)
        rows = {address: list(note) for address, note in notes.items()}
        document = {"format": _FORMAT, "scope": self._scope, "salt": self._salt, "functions": rows}
        files = FileCache(self._directory)
        if not notes:
            files.remove(self._name)
            return
        with suppress(OSError):
            files.write(self._name, json.dumps(document, separators=(",", ":")).encode())

    def _parse(self, content: bytes) -> tuple[str, dict[str, FunctionNote]]:
        """The salt and the notes of a file; a new salt without notes for any other content."""
        import json

        new_salt = secrets.token_hex(_SALT_BYTES)
        try:
            document = json.loads(content)
            if document["format"] != _FORMAT or document["scope"] != self._scope:
                return new_salt, {}
            return _text(document["salt"]), {address: _note(row) for address, row in document["functions"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return new_salt, {}


def has_notes(root: str) -> bool:
    """Whether a folder has notes of any run."""
    return os.path.isdir(f"{root}/{NAME}/cache/{_FOLDER}")


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
