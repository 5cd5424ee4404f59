"""Generate the scf_bootstrap of a web function or a web framework whose folder has none."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH113, PTH118, PTH119, PTH120

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TypeAlias

from scfdeploy.config.fields import Reading
from scfdeploy.config.server_entry import check_server_entry
from scfdeploy.diagnostics import Declaration, Edit, Finding, Severity, Span, did_you_mean, message, written_at
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import Runtime
from scfdeploy.facts import runtime as known_runtime
from scfdeploy.facts.frameworks import Framework
from scfdeploy.model import FolderSource
from scfdeploy.records import NamedTuple

# The rule bootstrap-missing has the page: it reports the same of code that is not a folder.
BOOTSTRAP_NOT_GENERATED = Declaration(
    "bootstrap-missing",
    Severity.ERROR,
    "Web function without a start program",
    detail="{folder} has no {bootstrap}, and none can be generated for the runtime {runtime}.",
    hint="Write the command that starts your server on 0.0.0.0, port 9000, as `startCmd`, or add an executable file "
    "{bootstrap}.",
)
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

BUILD_FOLDER_ALONE = Finding(
    "build-folder-alone",
    Severity.ERROR,
    "Build folder without the folder around it",
    detail='"{path}" is the build folder {output} itself: the generated {bootstrap} starts {framework} from the folder '
    "that contains it.",
    hint="Write `{right}`, or add your own {bootstrap} to {output}.",
    title="A build folder without the folder around it.",
    what="`src` or `dist` names the folder that the framework's build creates, such as `.next`. The framework's own "
    "server starts from the folder that contains it, beside package.json and node_modules.",
    why="Every call would fail.",
    wrong=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm run build, dist: .next}"),
    right=yaml("component: nextjs\ninputs:\n  src: {src: ./, hook: npm run build, dist: ./}"),
)
START_SETTING_UNUSED = Finding(
    "start-setting-unused",
    Severity.WARNING,
    "Start setting has no effect",
    detail="{key} is not used: {reason}.",
    hint="Remove one of them.",
    title="A start setting without effect.",
    what="`startCmd` is set and the code has its own scf_bootstrap, or `startCmd` and `entryFile` are both set.",
    why="A function has one start program: its own scf_bootstrap, or else one that is generated from `startCmd`, or "
    "else from `entryFile`.",
    wrong=yaml("type: web\nentryFile: server.js\nstartCmd: node server.js"),
    right=yaml("type: web\nstartCmd: node server.js"),
)

NAME = "scf_bootstrap"
# Layers are unpacked to /opt, where neither Node.js nor Python looks for packages by default.
_LAYER_PATHS = {
    "nodejs": 'export NODE_PATH="${NODE_PATH:+$NODE_PATH:}/opt/node_modules:/opt"\n',
    "python": 'export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}/opt"\n',
}
_RUN_ENTRY_FILE = "{program} {entry}"
_LARGEST_CONFIGURATION = 1 << 20


class Bootstrap(NamedTuple):
    """A generated scf_bootstrap."""

    text: str
    needs: tuple[str, ...]
    """Files and folders of the code without which it does not start."""


class StartSettings(NamedTuple):
    """The settings of a function that say how its server is started."""

    entry_file: str | None
    command: str
    """`startCmd`; empty without one."""


BootstrapFactory: TypeAlias = Callable[[FolderSource, str, StartSettings, Reading], Bootstrap | None]
"""Generates the scf_bootstrap of a folder for a runtime; None if the folder has its own or none can be generated."""


def bootstrap_for(source: FolderSource, runtime: str, start: StartSettings, reading: Reading) -> Bootstrap | None:
    """The scf_bootstrap to add, or None when the folder has its own or none can be generated."""
    entry_file = start.entry_file
    if _has_own(source, start, reading):
        return None
    if start.command:
        return Bootstrap(_script(start.command, runtime), ())
    facts = _runtime_to_start(source, runtime, reading)
    if facts is None:
        return None
    entry = entry_file or facts.default_entry
    span = _entry_span(source, entry_file, reading)
    if not _has_entry(source, entry, span, reading):
        return None
    check_server_entry(source, entry, span, reading)
    return Bootstrap(f"#!/usr/bin/env bash\nexec {facts.interpreter} {_quoted(entry)}\n", (os.path.normpath(entry),))


def framework_bootstrap(framework: Framework, *, has_layers: bool) -> BootstrapFactory:
    """A variant of `bootstrap_for` that starts the server of a framework."""

    def generate(source: FolderSource, runtime: str, start: StartSettings, reading: Reading) -> Bootstrap | None:
        if _has_own(source, start, reading):
            return None
        if start.command:
            output = _build_output(framework, source, reading)
            exports = _exports(framework, "", has_layers=has_layers)
            return Bootstrap(_script(start.command, runtime, exports), (output,) if output else ())
        entry_file = start.entry_file
        facts = _runtime_to_start(source, runtime, reading)
        if facts is None:
            return None
        entry = entry_file or _default_entry(framework, source)
        span = _entry_span(source, entry_file, reading)
        if entry and not _has_entry(source, entry, span, reading):
            return None
        output = _build_output(framework, source, reading)
        # A framework that needs no entry file runs a given one instead of its own command: a custom server.
        command = _RUN_ENTRY_FILE if entry_file and not framework.entries else framework.command
        if command == _RUN_ENTRY_FILE:
            check_server_entry(source, entry, span, reading)
        exports = _exports(framework, entry, has_layers=has_layers)
        command = command.replace("{program}", facts.interpreter.split()[0]).replace("{entry}", _quoted(entry))
        text = f"#!/usr/bin/env bash\n{exports}exec {command}\n"
        return Bootstrap(text, tuple(os.path.normpath(path) for path in (entry, output) if path))

    return generate


def _has_own(source: FolderSource, start: StartSettings, reading: Reading) -> bool:
    """Whether the folder has its own scf_bootstrap; reports settings that have no effect beside another."""
    has_own = os.path.lexists(os.path.join(source.root, NAME)) or NAME in map(os.path.basename, source.include)
    reason = ""
    if start.command and has_own:
        key, reason = "startCmd", message("the code has its own {bootstrap}", bootstrap=NAME)
    elif start.command and start.entry_file is not None:
        key, reason = "entryFile", message("startCmd says how the server is started")
    if reason:
        span = reading.key_spans.get((key,), source.span)
        reading.diagnostics.report(START_SETTING_UNUSED, span, key=key, reason=reason)
    return has_own


def _script(command: str, runtime: str, exports: str = "") -> str:
    """The scf_bootstrap that runs a command. The programs of the runtime are found by their names."""
    if command.startswith("#!"):
        return f"{command.rstrip()}\n"
    facts = known_runtime(runtime)
    programs = os.path.dirname(facts.interpreter.split()[0]) if facts is not None and facts.interpreter else ""
    path = f'export PATH="{programs}:$PATH"\n' if programs else ""
    return f"#!/usr/bin/env bash\n{path}{exports}{command.rstrip()}\n"


def _exports(framework: Framework, entry: str, *, has_layers: bool) -> str:
    """The lines that set the variables of a framework's server. A variable with a missing entry file is left out."""
    lines = [
        f'export {name}="${{{name}:-{value.replace("{entry}", entry)}}}"\n'
        for name, value in framework.exports
        if entry or "{entry}" not in value
    ]
    return "".join([*lines, _LAYER_PATHS.get(framework.language, "") if has_layers else ""])


def _runtime_to_start(source: FolderSource, runtime: str, reading: Reading) -> Runtime | None:
    """The facts about the runtime; None when no start program can be generated for it."""
    facts = known_runtime(runtime)
    if facts is not None and facts.interpreter:
        return facts
    if source.hook is not None:
        return None  # the hook can create one, so the packager checks that it exists
    reading.diagnostics.report(
        BOOTSTRAP_NOT_GENERATED, source.span, folder=repr(source.root), bootstrap=NAME, runtime=runtime
    )
    return None


def _entry_span(source: FolderSource, entry_file: str | None, reading: Reading) -> Span:
    return source.span if entry_file is None else reading.spans["entryFile",]


def _has_entry(source: FolderSource, entry: str, span: Span, reading: Reading) -> bool:
    """Whether the folder has the entry file, or a hook or `include` can add it; reports an error if not."""
    if source.hook is not None or source.include_prefixes or os.path.isfile(os.path.join(source.root, entry)):
        return True
    suggestion = did_you_mean(entry, [item.name for item in os.scandir(source.root) if item.is_file()])
    reading.diagnostics.report(
        ENTRY_FILE_MISSING,
        span,
        hint="{suggestion} Set entryFile to the file that starts your server on 0.0.0.0, port 9000, or add {bootstrap}."
        if suggestion
        else None,
        folder=repr(source.root),
        bootstrap=NAME,
        entry=repr(entry),
        suggestion=suggestion,
    )
    return False


def _quoted(entry: str) -> str:
    """A file name quoted for the shell if necessary."""
    if re.fullmatch(r"[\w./-]+", entry):
        return entry
    import shlex

    return shlex.quote(entry)


def _default_entry(framework: Framework, source: FolderSource) -> str:
    """The first usual entry file that exists, or else the first one; empty if the framework needs none."""
    # `dist: ./dist` packages the folder of dist/main.js without its name.
    folder = f"{os.path.basename(source.root)}/"
    entries = [entry.removeprefix(folder) for entry in framework.entries]
    existing = (entry for entry in (*framework.entries, *entries) if os.path.isfile(os.path.join(source.root, entry)))
    return next(existing, entries[0] if entries else "")


def _build_output(framework: Framework, source: FolderSource, reading: Reading) -> str:
    """The build folder that the server needs; empty if none is known. Warns if it is missing and nothing builds it."""
    output = framework.built
    if not output or framework.entries or _has_custom_output(framework, source):
        return ""
    if os.path.basename(source.root) == output and not os.path.exists(os.path.join(source.root, output)):
        _report_build_folder(framework, source, reading)
        return ""
    if source.hook is not None or os.path.exists(os.path.join(source.root, output)):
        return output
    reading.diagnostics.report(
        FRAMEWORK_NOT_BUILT,
        source.span,
        folder=repr(source.root),
        output=output,
        framework=framework.name,
        bootstrap=NAME,
    )
    return ""


def _report_build_folder(framework: Framework, source: FolderSource, reading: Reading) -> None:
    """Report a source that is the build folder itself, with a fix if its path is written out."""
    span, key = source.span, "dist" if source.span == reading.spans.get(("src", "dist")) else "src"
    written = written_at(span, reading.lines)
    path = written.strip("\"'").rstrip("/")
    parent = os.path.dirname(path) or "./"
    is_written = os.path.basename(path) == framework.built
    reading.diagnostics.report(
        BUILD_FOLDER_ALONE,
        span,
        fix=(Edit(span, parent, written),) if is_written else (),
        path=source.root,
        output=framework.built,
        framework=framework.name,
        bootstrap=NAME,
        right=f"{key}: {parent if is_written else './'}",
    )


def _has_custom_output(framework: Framework, source: FolderSource) -> bool:
    """Whether the framework's configuration file contains the key that renames the build folder."""
    stem, _, key = framework.moved_by.partition(":")
    for ending in (".js", ".mjs", ".cjs", ".ts", ".mts") if stem else ():
        try:
            with open(os.path.join(source.root, stem + ending), encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                if key in file.read(_LARGEST_CONFIGURATION):
                    return True
        except OSError:
            continue
    return False
