"""The scf_bootstrap of a web function or a web framework whose folder has none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import NamedTuple

from scfdeploy.config.fields import Reading
from scfdeploy.config.server_entry import check_server_entry
from scfdeploy.diagnostics import Finding, Severity, Span, did_you_mean
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import Framework, Runtime
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.model import FolderSource

ENTRY_FILE_MISSING = Finding(
    "entry-file-missing",
    Severity.ERROR,
    "Entry file does not exist",
    detail="{folder} has no {bootstrap}, so one would be generated that starts {entry}, but that file does not exist.",
    hint="Set entryFile to the file that starts your server on 0.0.0.0, port 9000, or add {bootstrap}.",
    title="The file that starts a web function does not exist.",
    what="The code has no scf_bootstrap, and the file that a generated one would start does not exist.",
    why="The container would exit at startup.",
    wrong=yaml("type: web\nentryFile: sever.js"),
    right=yaml("type: web\nentryFile: server.js"),
)
FRAMEWORK_NOT_BUILT = Finding(
    "framework-not-built",
    Severity.WARNING,
    "Framework is not built",
    detail="{folder} has no {output}, which a build of {framework} creates; without it the server does not start.",
    hint="Run your build first, or run it before packaging: `src: {src: ./, hook: npm run build, dist: ./}`; or add "
    "your own {bootstrap}.",
    title="A framework that is not built.",
    what="The folder that the framework's build creates is not in the code, and no command creates it.",
    why="The server starts from the build output; without it every call fails.",
    wrong=yaml("component: nextjs\ninputs:\n  src: ./"),
    right=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm run build}"),
)

# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118


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
    reading.diagnostics.report(
        ENTRY_FILE_MISSING,
        entry_span(source, reading, written=written),
        hint="{suggestion} " + ENTRY_FILE_MISSING.hint if near else None,
        folder=repr(source.root),
        bootstrap=NAME,
        entry=repr(entry),
        suggestion=near,
    )


# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH118


# Layers are unpacked under /opt. What a layer holds of node_modules or Python packages is found there.
_IN_LAYERS = {
    "nodejs": 'export NODE_PATH="${NODE_PATH:+$NODE_PATH:}/opt/node_modules:/opt"\n',
    "python": 'export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}/opt"\n',
}
_ENTRY = "{program} {entry}"
_LARGEST_CONFIGURATION = 1 << 20


def bootstrap_of(
    framework: Framework, *, has_layers: bool
) -> Callable[[FolderSource, str, str | None, Reading], Start | None]:
    """What makes the start program of a function with this framework; as `bootstrap_for`."""

    def make(source: FolderSource, runtime: str, entry_file: str | None, reading: Reading) -> Start | None:
        facts = runtime_to_start(source, runtime, reading)
        if facts is None:
            return None
        entry = entry_file or _usual(framework, source)
        if entry and not has_entry(source, entry, written=entry_file is not None, reading=reading):
            return None
        _warn_of_missing_build(framework, source, reading)
        # A framework that needs no entry file starts the one that somebody names: a server made by hand.
        command = _ENTRY if entry_file and not framework.entries else framework.command
        if command == _ENTRY:
            check_server_entry(source, entry, entry_span(source, reading, written=entry_file is not None), reading)
        exports = "".join(
            f'export {name}="${{{name}:-{value.replace("{entry}", entry)}}}"\n' for name, value in framework.exports
        )
        in_layers = _IN_LAYERS.get(framework.language, "") if has_layers else ""
        started = command.replace("{program}", facts.interpreter.split()[0]).replace("{entry}", quoted(entry))
        text = f"#!/usr/bin/env bash\n{exports}{in_layers}exec {started}\n"
        return Start(text, needed(entry, _built(framework, source)))

    return make


def _usual(framework: Framework, source: FolderSource) -> str:
    """The first of the usual entry files that is there, else the first of all; empty where none is needed."""
    there = (entry for entry in framework.entries if os.path.isfile(os.path.join(source.root, entry)))
    return next(there, framework.entries[0] if framework.entries else "")


def _built(framework: Framework, source: FolderSource) -> str:
    """The folder of the build that has to be packed; empty where there is none, or it may be called otherwise."""
    if not framework.built or framework.entries or _is_moved(framework, source):
        return ""
    # What is missing before a command made it, and what no command makes, which is a warning.
    may_be_there = source.hook is not None or os.path.exists(os.path.join(source.root, framework.built))
    return framework.built if may_be_there else ""


def _is_moved(framework: Framework, source: FolderSource) -> bool:
    """Whether the framework's own configuration speaks of the key that gives the folder another name."""
    stem, _, key = framework.moved_by.partition(":")
    for ending in (".js", ".mjs", ".cjs", ".ts", ".mts") if stem else ():
        try:
            with open(os.path.join(source.root, stem + ending), encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                if key in file.read(_LARGEST_CONFIGURATION):
                    return True
        except OSError:
            continue
    return False


def _warn_of_missing_build(framework: Framework, source: FolderSource, reading: Reading) -> None:
    if not framework.built or framework.entries or source.hook is not None or _is_moved(framework, source):
        return
    if os.path.exists(os.path.join(source.root, framework.built)):
        return
    reading.diagnostics.report(
        FRAMEWORK_NOT_BUILT,
        source.span,
        folder=repr(source.root),
        output=framework.built,
        framework=framework.name,
        bootstrap=NAME,
    )
