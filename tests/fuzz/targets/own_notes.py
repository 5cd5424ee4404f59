"""Any bytes in the files that earlier runs left in `.scfdeploy/`: without effect, or a note that is one."""

from __future__ import annotations

import hashlib
from functools import cache

from scfdeploy.model import Project
from scfdeploy.packager import PackageCache
from scfdeploy.packager.cache import Snapshot
from scfdeploy.workspace.file_cache import FileCache
from scfdeploy.workspace.refresh_notes import FunctionNote, NotesScope, RefreshNotes
from scfdeploy.workspace.replace_journal import ReplaceJournal
from tests.fuzz.promises import require, scratch
from tests.support.builders import HELLO, function, project

WORDS = (
    *(
        b"function/default/hello\n",
        b"trigger/default/hello/timer/t\n",
        b"lam-1\t2026-01-01 00:00:00\t12\taa\n",
        b"\t",
        b"\n",
    ),
    *(
        b'{"format":1,',
        b'"stat":"',
        b'"seen_at_ns":1',
        b'"sha256":"',
        b'"size":1',
        b'"files":1',
        b'"fresh":{}',
        b"null",
    ),
    *(b'"version":"1"', b'"scope":["here","r","a","s"]', b'"salt":"x"', b'"functions":{"', b'["","","","",[],{},""]'),
    *(b'"decided":{}', b'"archive":""', b"[" * 60, b"9" * 60, b"\xc2\xb2", b"\xe2\x80\xa8", b"NaN", b"1e999"),
)


def target(data: bytes) -> None:
    """Find them in every place, and write over them."""
    cache_dir = scratch("own_notes") / ".scfdeploy" / "cache"
    shelf, notes = FileCache(str(cache_dir)), PackageCache(cache_dir)
    # A snapshot shows whether it is damaged, so it is tried both ways.
    for content in (data, hashlib.sha256(data).hexdigest().encode() + b"\n" + data):
        for name in (notes.name_of("deployed"), notes.name_of("uploads/aa"), "folders/key"):
            shelf.write(name, content)
        found = notes.recall("key")
        require(found is None or Snapshot.from_bytes(found.to_bytes()) == found, "a snapshot that is not kept as it is")
        require(all(note.isprintable() for note in notes.known_as("aa", "lam-1")), "a hash that cannot be printed")
        deployed = notes.deployed()
        notes.note_deployed(deployed)
        require(deployed.items() <= notes.deployed().items(), "notes were lost")
    for name in shelf.names("replacing"):
        shelf.write(f"replacing/{name}", data)
    journal = ReplaceJournal(_project().root, ["here"])
    journal.begin(str(HELLO))
    require(str(HELLO) in ReplaceJournal(_project().root, ["here"]).pending, "a started replacement is lost")
    journal.retain([str(HELLO)])
    require(ReplaceJournal(_project().root, ["here"]).pending == {str(HELLO)}, "an entry is kept that is not retained")

    _refresh_notes().replace({str(HELLO): FunctionNote("lam-1", "", "", "", (), {}, "")})
    for name in shelf.names("refreshed"):
        shelf.write(f"refreshed/{name}", data)
    for note in _refresh_notes().by_address.values():
        require(all(isinstance(text, str) for text in (note.function_id, note.content, *note.parts)), "not a text")
    _refresh_notes().forget({str(HELLO)}, is_local=False)
    require(str(HELLO) not in _refresh_notes().by_address, "a note is trusted after a change")


def _refresh_notes() -> RefreshNotes:
    return RefreshNotes(_project().root, NotesScope("here", "r", "a", "s"), version="1")


@cache
def _project() -> Project:
    folder = str(scratch("own_notes"))
    return project(function("hello"), root=folder, instance_root=folder)
