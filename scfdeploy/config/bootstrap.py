"""The start program of a web function whose folder has none."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118

from __future__ import annotations

import os
import re
from typing import NamedTuple

from scfdeploy.config.fields import Reading
from scfdeploy.config.server_entry import check_server_entry
from scfdeploy.diagnostics import Span, did_you_mean
from scfdeploy.facts import Runtime
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.model import FolderSource

NAME = "scf_bootstrap"
_PLAIN = r"[\w./-]+"


class Start(NamedTuple):
    """The text of a scf_bootstrap, and the files and folders of the code that it does not start without."""

    text: str
    needs: tuple[str, ...]


def bootstrap_for(source: FolderSource, runtime: str, entry_file: str | None, reading: Reading) -> Start | None:
    """The scf_bootstrap to add, or None when the folder has its own, or none can be made."""
    facts = runtime_to_start(source, runtime, reading)
    if facts is None:
        return None
    entry = entry_file or facts.default_entry
    if not has_entry(source, entry, written=entry_file is not None, reading=reading):
        return None
    check_server_entry(source, entry, entry_span(source, reading, written=entry_file is not None), reading)
    return Start(f"#!/usr/bin/env bash\nexec {facts.interpreter} {quoted(entry)}\n", needed(entry))


def entry_span(source: FolderSource, reading: Reading, *, written: bool) -> Span:
    """The place that names the entry file."""
    return reading.spans["entryFile",] if written else source.span


def needed(*paths: str) -> tuple[str, ...]:
    """Those of the paths that are written, as they are in the archive."""
    return tuple(os.path.normpath(path) for path in paths if path)


def runtime_to_start(source: FolderSource, runtime: str, reading: Reading) -> Runtime | None:
    """What a start program is to be made for; None when the folder has its own, or, reported, none can be made."""
    if os.path.lexists(os.path.join(source.root, NAME)) or NAME in map(os.path.basename, source.include):
        return None
    facts = known_runtime(runtime)
    if facts is not None and facts.interpreter:
        return facts
    reading.diagnostics.error(
        "bootstrap-missing",
        source.span,
        "Web function without a start program",
        detail=f"{source.root!r} has no {NAME}, and for the runtime {runtime} none can be made.",
        hint=f"Add an executable file {NAME} that starts your server on 0.0.0.0, port 9000.",
    )
    return None


def has_entry(source: FolderSource, entry: str, *, written: bool, reading: Reading) -> bool:
    """Whether the folder has this file, or a command may still make it; reported when not."""
    if source.hook is not None or os.path.isfile(os.path.join(source.root, entry)):
        return True
    _no_entry(source, entry, written=written, reading=reading)
    return False


def quoted(entry: str) -> str:
    """A file name as the shell takes it."""
    if re.fullmatch(_PLAIN, entry):
        return entry
    import shlex

    return shlex.quote(entry)


def _no_entry(source: FolderSource, entry: str, *, written: bool, reading: Reading) -> None:
    files = [item.name for item in os.scandir(source.root) if item.is_file()]
    near = did_you_mean(entry, files)
    reading.diagnostics.error(
        "entry-file-missing",
        entry_span(source, reading, written=written),
        "Entry file does not exist",
        detail=f"{source.root!r} has no {NAME}, so one would be made that starts {entry!r}; that file is not there"
        + ("." if written else ", and entryFile names no other."),
        hint=f"{near + ' ' if near else ''}Set entryFile to the file that starts your server on 0.0.0.0, port 9000, "
        f"or add {NAME}.",
    )
