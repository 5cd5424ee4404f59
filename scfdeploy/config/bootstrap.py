"""The start program of a web function whose folder has none."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118

from __future__ import annotations

import os
import re

from scfdeploy.config.fields import Reading
from scfdeploy.diagnostics import did_you_mean
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.model import FolderSource

NAME = "scf_bootstrap"
_PLAIN = r"[\w./-]+"


def bootstrap_for(source: FolderSource, runtime: str, entry_file: str | None, reading: Reading) -> str | None:
    """The text of the scf_bootstrap to add, or None when the folder has its own, or none can be made."""
    if has_bootstrap(source):
        return None
    facts = known_runtime(runtime)
    if facts is None or not facts.interpreter:
        no_interpreter(source, runtime, reading)
        return None
    entry = entry_file or facts.default_entry
    if not has_entry(source, entry):
        no_entry(source, entry, written=entry_file is not None, reading=reading)
        return None
    return f"#!/usr/bin/env bash\nexec {facts.interpreter} {quoted(entry)}\n"


def no_interpreter(source: FolderSource, runtime: str, reading: Reading) -> None:
    """Report that no start program can be made for this runtime."""
    reading.diagnostics.error(
        "bootstrap-missing",
        source.span,
        "Web function without a start program",
        detail=f"{source.root!r} has no {NAME}, and for the runtime {runtime} none can be made.",
        hint=f"Add an executable file {NAME} that starts your server on 0.0.0.0, port 9000.",
    )


def has_bootstrap(source: FolderSource) -> bool:
    """Whether the folder has a start program of its own."""
    return os.path.lexists(os.path.join(source.root, NAME)) or NAME in map(os.path.basename, source.include)


def has_entry(source: FolderSource, entry: str) -> bool:
    """Whether the folder has this file, or a command may still make it."""
    return source.hook is not None or os.path.isfile(os.path.join(source.root, entry))


def quoted(entry: str) -> str:
    """A file name as the shell takes it."""
    if re.fullmatch(_PLAIN, entry):
        return entry
    import shlex

    return shlex.quote(entry)


def no_entry(source: FolderSource, entry: str, *, written: bool, reading: Reading) -> None:
    """Report that the file is missing that a start program would start."""
    files = [item.name for item in os.scandir(source.root) if item.is_file()]
    near = did_you_mean(entry, files)
    reading.diagnostics.error(
        "entry-file-missing",
        reading.spans["entryFile",] if written else source.span,
        "Entry file does not exist",
        detail=f"{source.root!r} has no {NAME}, so one would be made that starts {entry!r}; that file is not there"
        + ("." if written else ", and entryFile names no other."),
        hint=f"{near + ' ' if near else ''}Set entryFile to the file that starts your server on 0.0.0.0, port 9000, "
        f"or add {NAME}.",
    )
