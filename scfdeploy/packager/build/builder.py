"""Build the dependencies of one source: find them, and install them unless the cache has them."""
# ruff: noqa: PTH119, PTH120
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import ModuleType

from scfdeploy.diagnostics import Diagnostics, Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.diagnostics.page import yaml
from scfdeploy.facts import runtime as runtime_named
from scfdeploy.model import Address, FolderSource
from scfdeploy.packager.build.built_folders import BuiltFolders, IndexEntry
from scfdeploy.packager.build.dependencies import (
    DEPENDENCY_FILE_INVALID,
    BuildError,
    CommandFailed,
    Dependencies,
    Run,
)
from scfdeploy.packager.command import CommandResult, describe_end, run_command
from scfdeploy.packager.findings import Findings, name_some, printable
from scfdeploy.packager.fingerprint import sha256_of
from scfdeploy.records import NamedTuple, replace

BUILD_FAILED = Finding(
    "build-failed",
    Severity.ERROR,
    "Dependencies cannot be installed",
    detail='"{command}" in "{folder}" {result}.{output}',
    hint="Fix the cause. To package the code as it is, set `src.build: false`, or run with --no-build.",
    title="Dependencies that cannot be installed.",
    what="The program that installs the dependencies (uv, pip, npm, pnpm, yarn) ended with an error, or did not end "
    "within the time of --hook-timeout (30 minutes).",
    why="The code would lack its dependencies, and every call would fail.",
    wrong="A requirements.txt that names a package which does not exist.",
    right="The name corrected, or the private index named with `--extra-index-url` in requirements.txt.",
)
BUILD_UNSUPPORTED = Finding(
    "build-unsupported",
    Severity.ERROR,
    "No dependency build for this runtime",
    detail="`src.build` installs dependencies of Python and Node.js only; {reason}.",
    hint="Build the code with src.hook, and remove `build`.",
    title="`src.build` for a runtime without a dependency build.",
    what="`src.build` is set for a runtime other than Python or Node.js, or for a layer that names several runtimes.",
    why="Packages are installed for one version of one language.",
    wrong=yaml("runtime: Go1\nsrc: {src: ./, build: true}"),
    right=yaml("runtime: Go1\nsrc: {src: ./, hook: GOOS=linux go build -o main, build: false}"),
)
BUILD_NOTHING = Finding(
    "build-nothing",
    Severity.ERROR,
    "No dependencies to install",
    detail='`src.build` is set, but "{folder}" names no dependencies.',
    hint="Add {files}, or remove `build`.",
    title="`src.build` without dependencies.",
    what="`src.build` is true, and neither the folder of the code nor that of serverless.yml has a file that names "
    "dependencies.",
    why="The file was probably moved or not committed; the code would lack its dependencies.",
    wrong=yaml("src: {src: ./src, build: true}   # and no requirements.txt"),
    right=yaml("src: {src: ./src, build: true}   # beside a requirements.txt"),
)
BUILD_MISSING = Finding(
    "build-missing",
    Severity.WARNING,
    "Dependencies are not installed",
    detail='The dependencies of the code are not in "{folder}", and {reason} installs none.',
    hint="Run `scfdeploy build` before; a pipeline passes .scfdeploy/build on. Or set `src.build: false`.",
    title="Dependencies that an earlier step should have installed.",
    what="`--prebuilt` and `status` install nothing, and the dependencies are not in `.scfdeploy/build`. The lock "
    "file may have changed after the build.",
    why="The code is packaged, or compared with the deployed code, without its dependencies.",
    wrong="A pipeline whose build job does not run `scfdeploy build`.",
    right="`scfdeploy build` in the job without credentials, then `scfdeploy apply --prebuilt`.",
)
DEPENDENCIES_UNPINNED = Finding(
    "dependencies-unpinned",
    Severity.INFO,
    "Versions of dependencies are not pinned",
    detail='"{file}" names no exact version of {names}: the newest ones were installed.',
    hint="Pin all packages, with their hashes: `uv pip compile --generate-hashes`, `pip-compile --generate-hashes`, or "
    "a lock file.",
    title="Dependencies without exact versions.",
    what="A requirements.txt, or a pyproject.toml without a lock file, names packages without an exact version.",
    why="What is installed depends on the day, so a laptop and a pipeline can deploy different code.",
    wrong="`flask` in requirements.txt",
    right="`flask==3.1.2`, and each package that flask requires, with an exact version.",
)

_LAST_LINES = 10
_NOT_STARTED = 127
_RECIPE = 1
"""Part of every key. Raise it with any change that installs other bytes for the same files."""
_MANIFESTS = {
    "python": "requirements.txt, uv.lock, poetry.lock, Pipfile.lock or pyproject.toml",
    "nodejs": "package.json with a lock file",
}


class Built(NamedTuple):
    """The installed dependencies of a source."""

    folder: str
    """The folder with the installed packages."""
    replaces: tuple[str, ...]
    """See Dependencies."""
    dependencies: Dependencies | None
    """None if an earlier step of a pipeline installed them."""

    @property
    def index_entry(self) -> IndexEntry:
        """What a later step of a pipeline needs to find them."""
        return IndexEntry(os.path.basename(self.folder), self.replaces)

    def add_to(self, source: FolderSource) -> FolderSource:
        """The source with the installed packages."""
        return replace(source, built=self.folder, replaced=self.replaces)


class Builder:
    """Builds the dependencies of the sources of one project, each set of dependencies once.

    Without `run`, nothing is installed.
    """

    def __init__(self, folders: BuiltFolders, run: Run | None, *, on_output: Callable[[str], None]) -> None:
        self._folders = folders
        self._run = run
        self._on_output = on_output
        self._done: dict[str, str] = {}

    def build(
        self, address: Address, source: FolderSource, runtimes: Sequence[str]
    ) -> tuple[Built | None, Diagnostics]:
        """The dependencies of a source, installed; None without dependencies, or with an error in the diagnostics."""
        findings = Findings(address, source.build.span or source.span)
        built = None
        try:
            dependencies = find_dependencies(source, runtimes)
            folder = None if dependencies is None else self._folder(address, dependencies, findings)
            if dependencies is not None and folder is not None:
                built = Built(folder, dependencies.replaces, dependencies)
        except BuildError as wrong:
            findings.report(wrong.finding, detail=wrong.detail, hint=wrong.hint, **wrong.values)
        except CommandFailed as failed:
            _report_failed(failed, findings)
        return built, findings.diagnostics

    def _folder(self, address: Address, dependencies: Dependencies, findings: Findings) -> str | None:
        key = _key(dependencies)
        if key in self._done:
            return self._done[key]
        folder = self._folders.find(key, version=dependencies.version)
        if folder is None and self._run is not None:
            folder = self._install(address, key, dependencies, run=self._run)
            if dependencies.unpinned:
                file = printable(os.path.relpath(dependencies.inputs[0], dependencies.root))
                findings.report(DEPENDENCIES_UNPINNED, file=file, names=name_some(dependencies.unpinned))
        elif folder is None:
            findings.report(BUILD_MISSING, folder=printable(self._folders.path(key)), reason=message("this command"))
        if folder is not None:
            self._done[key] = folder
        return folder

    def _install(self, address: Address, key: str, dependencies: Dependencies, *, run: Run) -> str:
        manifest, name = os.path.relpath(dependencies.inputs[0], dependencies.root), str(address)
        values = {"address": name, "file": printable(manifest), "runtime": dependencies.runtime}

        def on_wait() -> None:
            self._on_output(message("Waiting for another run that installs the dependencies of {address}", **values))

        with self._folders.lock(key, on_wait):
            # Another run can have installed them in the meantime.
            folder = self._folders.find(key, version=dependencies.version)
            if folder is not None:
                return folder
            self._on_output(message("Installing the dependencies of {address}: {file}, for {runtime}", **values))
            with self._folders.staging(key) as staging:
                _language(dependencies.runtime).install(dependencies, staging, run=run)  # type: ignore[union-attr]
                if _key(dependencies) != key:
                    file = printable(dependencies.inputs[0])
                    reason = message("it, or a file that it names, changed during the installation")
                    raise BuildError(DEPENDENCY_FILE_INVALID, hint="Run the command again.", file=file, reason=reason)
                return self._folders.put(key, staging, version=dependencies.version)


class PrebuiltDependencies:
    """Finds the dependencies that an earlier step of a pipeline installed, without reading what they come from.

    The step wrote the checkout, and must not make the machine that has credentials read its other files.
    """

    def __init__(self, folders: BuiltFolders) -> None:
        self._folders = folders
        self._index = folders.read_index()

    def build(
        self, address: Address, source: FolderSource, runtimes: Sequence[str]
    ) -> tuple[Built | None, Diagnostics]:
        """As that of Builder."""
        findings = Findings(address, source.build.span or source.span)
        name = self._folders.index_name(source.root, runtimes)
        if name in self._index:
            entry = self._index[name]
            if entry is None:
                return None, findings.diagnostics
            folder = self._folders.find_unsealed(entry.folder)
            if folder is not None:
                return Built(folder, entry.replaces, None), findings.diagnostics
        elif source.build.enabled is None and _has_packages(source):
            return None, findings.diagnostics
        findings.report(BUILD_MISSING, folder=printable(self._folders.directory), reason=message("--prebuilt"))
        return None, findings.diagnostics


def find_dependencies(source: FolderSource, runtimes: Sequence[str]) -> Dependencies | None:
    """The dependencies to install beside the code of a source; None when there are none. Raises BuildError.

    `runtimes` is the runtime of the function, or those of the layer.
    """
    is_required = source.build.enabled is True
    if source.build.enabled is False or (source.hook is not None and not is_required):
        return None
    module = _language(runtimes[0]) if len(runtimes) == 1 else None
    if module is None:
        if is_required:
            raise BuildError(BUILD_UNSUPPORTED, reason=_reason(runtimes))
        return None
    for folder in source.manifest_folders:
        found: Dependencies | None = module.find(folder, runtimes[0], scripts=source.build.scripts)
        if found is not None:
            return found if is_required or not _has_packages(source) else None
    if is_required:
        language = module.__name__.rpartition(".")[2]
        raise BuildError(BUILD_NOTHING, folder=printable(source.root), files=message(_MANIFESTS[language]))
    return None


def check_dependencies(address: Address, source: FolderSource, runtimes: Sequence[str]) -> Diagnostics:
    """The mistakes in the files that name the dependencies of a source. Nothing is installed."""
    findings = Findings(address, source.build.span or source.span)
    try:
        dependencies = find_dependencies(source, runtimes)
        if dependencies is not None:
            _key(dependencies)  # reads every file that decides what is installed
            _language(dependencies.runtime).check(dependencies)  # type: ignore[union-attr]
    except BuildError as wrong:
        findings.report(wrong.finding, detail=wrong.detail, hint=wrong.hint, **wrong.values)
    return findings.diagnostics


def count_packages(folder: str) -> int:
    """The number of packages in a folder of installed dependencies."""
    count = 0
    for path, folders, files in os.walk(folder):
        name, parent = os.path.basename(path), os.path.basename(os.path.dirname(path))
        in_scope = parent.startswith("@") and os.path.basename(os.path.dirname(os.path.dirname(path))) == "node_modules"
        count += "package.json" in files and (parent == "node_modules" or in_scope) and not name.startswith("@")
        if path == folder:
            count += sum(inner.endswith(".dist-info") for inner in folders)
    return count


def make_run(
    environment: Callable[[], Mapping[str, str]], *, on_output: Callable[[str], None], timeout_s: float
) -> Run:
    """A function that starts commands of a build, each with this time limit."""

    def run(
        words: Sequence[str],
        folder: str,
        *,
        quiet: bool = False,
        shown: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> list[str]:
        lines: list[str] = []

        def record(line: str) -> None:
            lines.append(line)
            if not quiet:
                on_output(line)

        if not quiet:
            on_output(f"$ {_displayed(shown or words)}")
        try:
            result = run_command(
                words,
                folder=folder,
                environment={**environment(), **(variables or {})},
                on_output=record,
                timeout_s=timeout_s,
            )
        except OSError as wrong:
            result, lines = CommandResult(_NOT_STARTED), [wrong.strerror or str(wrong)]
        if result != CommandResult(0):
            raise CommandFailed(shown or words, folder, result, lines, timeout_s)
        return lines

    return run


def _displayed(words: Sequence[str]) -> str:
    import shlex

    return shlex.join(words)


def _report_failed(failed: CommandFailed, findings: Findings) -> None:
    last = deque((line for line in failed.lines if line.strip()), maxlen=_LAST_LINES)
    findings.report(
        BUILD_FAILED,
        hint="Give --hook-timeout SECONDS if it needs longer." if failed.result.timed_out else None,
        command=printable(_displayed(failed.words)),
        folder=printable(failed.folder),
        result=describe_end(failed.result, failed.timeout_s),
        output=message(" Its last lines:\n{lines}", lines="\n".join(map(printable, last)))
        if last
        else message(" It printed nothing."),
    )


def _language(runtime: str) -> ModuleType | None:
    """The module that installs dependencies for a runtime."""
    from scfdeploy.packager.build import nodejs, python

    known = runtime_named(runtime)
    return {"python": python, "nodejs": nodejs}.get(known.language) if known is not None else None


def _reason(runtimes: Sequence[str]) -> str:
    if len(runtimes) > 1:
        return message("the layer names several runtimes, {names}", names=", ".join(runtimes))
    if not runtimes:
        return message("no runtime is named")
    return message("the runtime is {name}", name=runtimes[0])


def _has_packages(source: FolderSource) -> bool:
    """Whether installed packages are in the source already, directly or in a direct sub-folder, and packaged."""
    from scfdeploy.packager.exclude import BadPatternError, Selection

    selection = Selection(source.exclude)
    with suppress(OSError, BadPatternError), os.scandir(source.root) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not entry.is_dir() or selection.excludes(f"{entry.name}/"):
                continue
            if entry.name == "node_modules" or entry.name.endswith(".dist-info"):
                return True
            if any(name.endswith(".dist-info") for name in os.listdir(entry.path)):  # noqa: PTH208
                return True
    return False


def _key(dependencies: Dependencies) -> str:
    """Everything that decides what is installed, but not by which of two equal programs, or where."""
    import hashlib

    from scfdeploy.facts.pipelines import wheel_platforms

    manager = "python" if dependencies.manager in ("uv", "pip") else dependencies.manager
    inputs = []
    for path in dependencies.inputs:
        digest = sha256_of(path)
        if digest is None:
            raise BuildError(DEPENDENCY_FILE_INVALID, file=printable(path), reason=message("it does not exist"))
        inputs.append((os.path.relpath(path, dependencies.root), digest))
    parts = (_RECIPE, manager, dependencies.runtime, dependencies.scripts, wheel_platforms(), inputs)
    return hashlib.sha256(ascii(parts).encode()).hexdigest()
