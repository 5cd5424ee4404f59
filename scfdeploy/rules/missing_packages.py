"""The packages that a function's code imports when it is loaded, and that will not be there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.facts.packages import (
    LibraryModule,
    nodejs_library,
    python_library_changes,
    python_packages,
    runtime_packages,
)
from scfdeploy.model import ArchiveSource, FolderSource, FunctionSpec
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.records import NamedTuple
from scfdeploy.rules.handler import handler_of, version_of
from scfdeploy.rules.imports import Import, SourceFiles, always_runs, nodejs_imports, python_imports
from scfdeploy.rules.rule import Context
from scfdeploy.rules.values import flag, language_of, text

if TYPE_CHECKING:
    from scfdeploy.rules.listed_packages import NodeList, PythonList

_CHANGED_START = lazy_pattern(r"PYTHONPATH|NODE_PATH|\b(cd|pip3?|npm|pnpm|yarn|uv)\s")


class _Gap(NamedTuple):
    """Why a package is missing, as the rest of a sentence that ends with its name, and what to do."""

    problem: str
    advice: str


class MissingPackage(NamedTuple):
    """One import of a package that will not be there, with the parts of a `_Gap`."""

    written: Import
    problem: str
    advice: str


def missing_packages(function: FunctionSpec, context: Context) -> Iterator[MissingPackage]:
    """The missing packages of a Python or Node.js function. None where code and packages are not known well enough."""
    entry = _entry(function, context)
    files = _files(function, context) if entry is not None else None
    if entry is None or files is None:
        return
    is_python = language_of(function) == "python"
    imports = python_imports(entry, files) if is_python else nodejs_imports(entry, files)
    brought = runtime_packages(text(function.settings, "runtime") or "") if imports else None
    if not imports or brought is None:
        return
    if is_python:
        yield from _missing_python(function, files, imports, brought)
    elif not flag(function.settings, "installDependency"):
        yield from _missing_nodejs(function, context, files, imports, brought)


def _files(function: FunctionSpec, context: Context) -> SourceFiles | None:
    source = function.source
    top = context.code.top(source) if source is not None else None
    if source is None or top is None:
        return None

    def read(path: str) -> str | None:
        content = context.code.read(source, path) if context.code.has(source, path) else None
        return content.decode("utf-8", "replace") if content is not None else None

    return SourceFiles(read, top, any(name.endswith((".dist-info", ".egg-info")) for name in top))


def _entry(function: FunctionSpec, context: Context) -> str | None:
    """The file that the runtime loads first; None when it is not known."""
    source = function.source
    handler = handler_of(function)
    if handler is not None:
        return next((path for path in handler.paths if context.code.has(source, path)), None)
    entry = text(function.settings, "entryFile")
    if not function.is_web or entry is not None or not isinstance(source, FolderSource):
        return entry
    content = context.code.read(source, "scf_bootstrap") if context.code.has(source, "scf_bootstrap") else None
    script = source.bootstrap or (content or b"").decode("utf-8", "replace")
    if _CHANGED_START.search(script):
        return None
    named = re.findall(r"[\w./-]+\.(?:py|js|cjs|mjs)\b", script)
    return next((path for path in named if context.code.has(source, path)), None)


def _missing_python(
    function: FunctionSpec, files: SourceFiles, imports: list[Import], brought: frozenset[str]
) -> Iterator[MissingPackage]:
    version = version_of(text(function.settings, "runtime") or "")
    changes = python_library_changes()
    listed: PythonList | None = None
    for one in imports:
        change = changes.get(one.name)
        is_in_library = one.name in sys.stdlib_module_names if change is None else change.is_in(version)
        if is_in_library or one.name in brought:
            continue
        if listed is None:
            from scfdeploy.rules.listed_packages import python_list

            listed = python_list(_folders(function))
        gap = _python_gap(function, files, listed, one.name)
        if gap is None or not always_runs(files.read(one.path) or "", one.line):
            continue
        yield MissingPackage(one, *(gap if change is None else _library_gap(function, change, version)))


def _library_gap(function: FunctionSpec, change: LibraryModule, version: tuple[int, int]) -> _Gap:
    if version < change.first:
        problem = message("a module added in Python {version}", version="{}.{}".format(*change.first))
    else:
        problem = message("a module that is not part of {runtime}", runtime=text(function.settings, "runtime"))
    return _Gap(problem, message("Use a runtime that has it, or a package that replaces it."))


def _python_gap(function: FunctionSpec, files: SourceFiles, listed: PythonList, module: str) -> _Gap | None:
    if isinstance(function.source, ArchiveSource):
        return _Gap(_absent(function, message("the archive")), message("Add it to the archive."))
    if _is_left_to_hook(function):
        return _gap_after_hook(function, listed.file if listed.file and listed.can_bring(module) else "")
    if not listed.file:
        return _Gap(
            _absent(function, message("the code")),
            message(
                "List {package} in a requirements.txt, so that scfdeploy installs it.", package=_package_of(module)
            ),
        )
    if not listed.can_bring(module):
        return _Gap(
            _absent(function, listed.file),
            message("Add {package} to {file}.", package=_package_of(module), file=listed.file),
        )
    return _not_installed(function, listed.file, installed=message("the code") if files.has_packages else "")


def _is_left_to_hook(function: FunctionSpec) -> bool:
    """Whether a hook has built the code, beside which nothing is installed: see `check_built_code`."""
    source = function.source
    return isinstance(source, FolderSource) and source.build.enabled is False and source.build.span is None


def _gap_after_hook(function: FunctionSpec, file: str) -> _Gap:
    """The gap of a package that a hook has not installed; `file` is the manifest that lists it."""
    if not file:
        return _Gap(_absent(function, message("the code")), message("Let the hook install it into the code."))
    return _Gap(
        message("which is not in the code; with `src.hook`, scfdeploy does not install {file}", file=file),
        message("Install it in the hook, or set `src.build: true`, so that scfdeploy installs {file}.", file=file),
    )


def _package_of(module: str) -> str:
    """The package to install for a module: its own name, unless it is known to have another one."""
    return next((one.name for one in python_packages().values() if module in one.modules), module)


def _absent(function: FunctionSpec, place: str) -> str:
    runtime = text(function.settings, "runtime")
    return message("which is neither in {place} nor part of {runtime}", place=place, runtime=runtime)


def _not_installed(function: FunctionSpec, file: str, *, installed: str) -> _Gap | None:
    """The gap of a package in a manifest that scfdeploy does not install: it is off, or packages are in `installed`."""
    source = function.source
    if not isinstance(source, FolderSource):
        return None
    if source.build.enabled is False:
        return _Gap(
            message("which is not in the code; `build: false` turns off the installation of {file}", file=file),
            message("Remove `build: false`, or install the packages into the folder of the code."),
        )
    # What is excluded counts as absent.
    if installed and source.build.enabled is None and not source.exclude:
        return _Gap(
            message("which is not among the packages installed in {place}", place=installed),
            message("Install it there too, or set `src.build: true`, so that scfdeploy installs {file}.", file=file),
        )
    return None


def _missing_nodejs(
    function: FunctionSpec, context: Context, files: SourceFiles, imports: list[Import], brought: frozenset[str]
) -> Iterator[MissingPackage]:
    names = {name.removesuffix(".js") for name in files.top}
    listed: NodeList | None = None
    for one in imports:
        # NODE_PATH has the folder of the code, too.
        if one.name in nodejs_library() | brought or one.name.partition("/")[0] in names:
            continue
        if _is_installed(function, context, one.name):
            continue
        if listed is None:
            from scfdeploy.rules.listed_packages import node_list

            listed = node_list(_folders(function))
        gap = _nodejs_gap(function, files, listed, one.name)
        if gap is not None:
            yield MissingPackage(one, *gap)


def _is_installed(function: FunctionSpec, context: Context, package: str) -> bool:
    folder = f"node_modules/{package}"
    match function.source:
        case FolderSource() as source:
            return context.code.has_folder(source, folder)
        case ArchiveSource() as source:
            return any(name.startswith(f"{folder}/") for name in context.code.names(source) or ())
    return True


def _nodejs_gap(function: FunctionSpec, files: SourceFiles, listed: NodeList, package: str) -> _Gap | None:
    if isinstance(function.source, ArchiveSource):
        return _Gap(_absent(function, message("the archive")), message("Add it to the archive."))
    if _is_left_to_hook(function):
        return _gap_after_hook(function, listed.file if listed.file and listed.can_bring(package) else "")
    if not listed.file:
        return _Gap(
            _absent(function, message("the code")),
            message("Run npm install {package}, and commit package.json and package-lock.json.", package=package),
        )
    if listed.can_bring(package):
        installed = "node_modules" if "node_modules" in files.top else ""
        gap = _not_installed(function, listed.file, installed=installed)
        return gap or (None if listed.lock else _no_lock_file())
    if package in listed.development:
        return _Gap(
            message("which {file} lists only under devDependencies", file=listed.file),
            message("Move it to dependencies: npm install --save-prod {package}", package=package),
        )
    return _Gap(_absent(function, listed.file), message("Add it: npm install {package}", package=package))


def _no_lock_file() -> _Gap:
    return _Gap(
        message("which is not in the code; scfdeploy installs packages only from a lock file"),
        message("Run npm install --package-lock-only, and commit package-lock.json."),
    )


def _folders(function: FunctionSpec) -> tuple[str, ...]:
    """The folders with a possible manifest, the nearest to the code first."""
    return tuple(function.source.manifest_folders) if isinstance(function.source, FolderSource) else ()
