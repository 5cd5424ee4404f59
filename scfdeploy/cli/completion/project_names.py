"""Names in a project's files: functions, addresses, stages, variables and test events, by a quick bounded scan.

It finds what is written plainly. A name with a variable that is not `${stage}`, `${name}` or `${app}` is left out.
"""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH100, PTH111, PTH112, PTH113, PTH118, PTH120, PTH202

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scfdeploy.cli.completion.table import NAMED_TRIGGERS, SINGLE_COMPONENTS
from scfdeploy.cli.completion.yaml_flow import Path
from scfdeploy.cli.completion.yaml_outline import NOT_UNDERSTOOD, Outline, read_outline, read_text

FILE_NAMES = ("serverless.yml", "serverless.yaml", "serverless.json")
_STATE_FOLDER = ".scfdeploy"
_DEFAULT_NAMESPACE = "default"
_DEFAULT_STAGE = "dev"
_SETTINGS = "scfdeploy.toml"
_STAGE_TABLE = "[stage."
_MAX_PARENTS = 10
_MAX_FILES = 1000
_MAX_FOLDER_ENTRIES = 5000
_MAX_BYTES = 1_000_000
_MAX_FILE_BYTES = 300_000
_SETTINGS_OF_PARTS = {"async": ("msgTTL", "retryNum"), "concurrency": ("reservedConcurrencyMem",)}
"""Resources that a function has if one of these settings is written."""
_FUNCTIONS: Path = ("inputs", "functions")
_TRIGGERS: Path = ("inputs", "triggers")
_PLACES: tuple[Path, ...] = (("inputs",), ("inputs", "faas"), ("inputs", "functionConf"))
"""Where the settings of the only function of a file can be."""
_NOWHERE: Path = ("",)
_NO_STAGES = frozenset(("example", "sample", "template", "dist", "local"))
"""Endings of .env files that are no stages."""


class Function(NamedTuple):
    """A function of a file."""

    namespace: str
    name: str
    key: str
    """Its key in the file, if the file has several functions."""
    paths: tuple[Path, ...]
    """Where its settings are, the first found counts."""

    @property
    def address(self) -> str:
        """The address without its kind."""
        return f"{self.namespace}/{self.name}"

    @property
    def argument(self) -> str:
        """The name as commands take it."""
        return self.name if self.namespace == _DEFAULT_NAMESPACE else self.address


class ProjectNames:
    """The names in the files at a path: a file, a folder with one, or a folder of such folders."""

    def __init__(self, path: str, stage: str = "") -> None:
        self._root = os.path.expanduser(path) if path else "."
        self._stage = stage
        self._read: list[_File] | None = None

    def functions(self) -> Iterator[str]:
        """Functions as commands take them."""
        return (function.argument for file in self._outlines() for function in file.functions())

    def addresses(self) -> Iterator[str]:
        """Addresses of functions, their named triggers and aliases, of layers and namespaces."""
        for file in self._outlines():
            yield from file.addresses()

    def targets(self) -> Iterator[str]:
        """What --target takes: addresses and functions."""
        yield from self.addresses()
        yield from self.functions()

    def instances(self) -> Iterator[str]:
        """Names of instances."""
        return (file.instance for file in self._outlines() if file.instance)

    def aliases(self) -> Iterator[str]:
        """Names of aliases."""
        return (alias for file in self._outlines() for function in file.functions() if (alias := file.alias(function)))

    def stages(self) -> Iterator[str]:
        """Stages in the files, in scfdeploy.toml and in the names of .env files."""
        yield from (file.stage for file in self._outlines() if file.stage)
        yield from _stages_of_settings(self._folder())
        for name in _names_in(self._folder()):
            stage = name.removeprefix(".env.")
            if stage != name and stage not in _NO_STAGES and "." not in stage:
                yield stage

    def templates(self, function: str) -> Iterator[str]:
        """The user's test events for a function, or for all."""
        folder = os.path.join(self._folder(), _STATE_FOLDER, "templates")
        if ".." in function.split("/"):
            return
        for name in [function] if function else _names_in(folder):
            for entry in _names_in(os.path.join(folder, name)):
                if entry.endswith(".json"):
                    yield entry.removesuffix(".json")

    def variables(self) -> Iterator[str]:
        """Names of variables in the files that --var can set."""
        for file in self._outlines():
            yield from file.variables()

    def _folder(self) -> str:
        return self._root if os.path.isdir(self._root) else os.path.dirname(self._root) or "."

    def _outlines(self) -> list[_File]:
        if self._read is None:
            self._read = list(self._read_files())
        return self._read

    def _read_files(self) -> Iterator[_File]:
        left = _MAX_BYTES
        for path in _files(self._root):
            if left <= 0:
                return
            try:
                outline = read_outline(path, min(left, _MAX_FILE_BYTES))
                left -= os.path.getsize(path)
            except (OSError, ValueError, RecursionError):
                continue
            yield _File(outline, self._stage)


class _File:
    """One file of the project."""

    def __init__(self, outline: Outline, stage: str) -> None:
        self._outline = outline
        self._found: tuple[Function, ...] | None = None
        self._listed: dict[str, list[Path]] | None = None
        self._children: dict[Path, dict[str | int, None]] | None = None
        self.stage = _without_variables(outline.get(("stage",), ""))
        self._used_stage = stage or self.stage or ("" if outline.get(("stage",)) else _DEFAULT_STAGE)
        self.instance = _without_variables(outline.get(("name",), ""))
        self._app = _without_variables(outline.get(("app",), "")) or self.instance

    def functions(self) -> tuple[Function, ...]:
        """The functions of the file."""
        if self._found is None:
            self._found = tuple(self._functions())
        return self._found

    def addresses(self) -> Iterator[str]:
        """The addresses of what the file describes."""
        if self._component() == "layer":
            if name := self._text(("inputs", "name")):
                yield f"layer/{name}"
            return
        for function in self.functions():
            yield f"function/{function.address}"
            if function.namespace != _DEFAULT_NAMESPACE:
                yield f"namespace/{function.namespace}"
            yield from self._parts(function)
            yield from self._called_by_list(function) if function.key else self._called_by_events(function)

    def alias(self, function: Function) -> str:
        """The alias of a function; empty if there is none."""
        return self._resolved(self._setting(function.paths, "aliasName"))

    def variables(self) -> Iterator[str]:
        """The variables in the values of the file."""
        for value in self._outline.values():
            for part in value.split("${")[1:]:
                name = part.partition("}")[0].removeprefix("env:").partition(",")[0].strip()
                if name.isidentifier() and name not in ("stage", "name", "app", "org"):
                    yield name

    def _functions(self) -> Iterator[Function]:
        kind = self._component()
        if kind == "multi-scf":
            for key in map(str, self._keys(_FUNCTIONS)):
                is_known = NOT_UNDERSTOOD not in (self._outline.get(_FUNCTIONS), self._outline.get((*_FUNCTIONS, key)))
                if is_known and (function := self._function(key, ((*_FUNCTIONS, key), ("inputs",)))):
                    yield function
        elif kind in SINGLE_COMPONENTS and (function := self._function("", _PLACES)):
            yield function

    def _component(self) -> str:
        return self._outline.get(("component",), "").removeprefix("@serverless/").partition("@")[0]

    def _function(self, key: str, paths: tuple[Path, ...]) -> Function | None:
        written = self._setting(paths[:1] if key else paths, "name", "functionName")
        parts = (self.instance, self._used_stage, self._app, key)
        default = "-".join(part for part in parts if part) if self.instance and self._used_stage else ""
        name = self._resolved(written) if written else default
        namespace = self._setting(paths, "namespace")
        namespace = self._resolved(namespace) if namespace else _DEFAULT_NAMESPACE
        return Function(namespace, name, key, paths) if name and namespace else None

    def _setting(self, paths: tuple[Path, ...], *names: str) -> str:
        """The first value of a setting at these places; empty if it is nowhere."""
        values = (self._outline.get((*path, name), "") for path in paths for name in names)
        return next(filter(None, values), "")

    def _parts(self, function: Function) -> Iterator[str]:
        """The addresses of what belongs to a function, other than its triggers."""
        if alias := self.alias(function):
            yield f"alias/{function.address}/{alias}"
        for path in ((*place, "customDomains") for place in function.paths):
            for item in self._keys(path):
                if domain := self._text((*path, item, "domain")):
                    yield f"domain/{domain.lower()}"
        for kind, settings in _SETTINGS_OF_PARTS.items():
            if self._setting(function.paths, *settings):
                yield f"{kind}/{function.address}"

    def _called_by_events(self, function: Function) -> Iterator[str]:
        """The triggers under `events`, of a file with one function."""
        has_url = self._component() == "scf"
        for path in ((*place, "events") for place in function.paths):
            for item in self._keys(path):
                for kind in self._keys((*path, item)):
                    has_url = has_url or kind == "http"
                    yield from self._trigger(function, str(kind), (*path, item, kind))
        if not has_url:
            yield from self._trigger(function, "http", _NOWHERE)

    def _called_by_list(self, function: Function) -> Iterator[str]:
        """The triggers under `triggers`, of a file with several functions."""
        if self._listed is None:
            self._listed = {}
            for item in self._keys(_TRIGGERS):
                path: Path = (*_TRIGGERS, item)
                self._listed.setdefault(self._text((*path, "function")), []).append(path)
        for called in dict.fromkeys((function.key, function.name)):
            for path in self._listed.get(called, ()):
                yield from self._trigger(function, self._text((*path, "type")), path)

    def _trigger(self, function: Function, kind: str, path: Path) -> Iterator[str]:
        if kind not in NAMED_TRIGGERS:
            return
        written = [self._outline.get((*path, *keys), "") for keys in (("parameters", "name"), ("name",))]
        default = NAMED_TRIGGERS[kind].replace("${name}", self.instance).replace("${stage}", self._used_stage)
        name = self._resolved(next(filter(None, written), default))
        if name:
            yield f"trigger/{function.address}/{kind}/{name}"

    def _text(self, path: Path) -> str:
        return self._resolved(self._outline.get(path, ""))

    def _keys(self, path: Path) -> Iterable[str | int]:
        """The keys of a mapping or the indexes of a list, in the order of the file."""
        if self._children is None:
            self._children = {}
            for found in self._outline:
                # The parents of a key are there already; an item of a list has no entry of its own.
                for depth in range(len(found) - 1, -1, -1):
                    siblings = self._children.setdefault(found[:depth], {})
                    if found[depth] in siblings:
                        break
                    siblings[found[depth]] = None
        return self._children.get(path, ())

    def _resolved(self, text: str) -> str:
        """The text with the variables that the file itself defines; empty if it has others."""
        own = (("${stage}", self._used_stage), ("${name}", self.instance), ("${app}", self._app))
        for variable, value in own:
            if variable in text:
                if not value:
                    return ""
                text = text.replace(variable, value)
        return _without_variables(text)


def _stages_of_settings(folder: str) -> Iterator[str]:
    """The names of the tables `[stage.NAME]` in the scfdeploy.toml of a folder, or of the nearest one above it."""
    folder = os.path.abspath(folder)
    for _ in range(_MAX_PARENTS):
        try:
            text = read_text(os.path.join(folder, _SETTINGS), _MAX_FILE_BYTES)
        except OSError:
            if os.path.lexists(os.path.join(folder, ".git")):
                return
            folder = os.path.dirname(folder)
            continue
        for line in text.splitlines():
            if line.startswith(_STAGE_TABLE):
                yield line.removeprefix(_STAGE_TABLE).partition("]")[0].strip(" \"'")
        return


def _without_variables(text: str) -> str:
    return "" if "${" in text else text


def _files(root: str) -> Iterator[str]:
    if not os.path.isdir(root):
        yield root
        return
    if own := _file_in(root):
        yield own
        return
    for name in _names_in(root)[:_MAX_FILES]:
        if not name.startswith(".") and (file := _file_in(os.path.join(root, name))):
            yield file


def _file_in(folder: str) -> str:
    return next((file for name in FILE_NAMES if os.path.isfile(file := os.path.join(folder, name))), "")


def _names_in(folder: str) -> list[str]:
    """Names in a folder, sorted; none of a folder that is missing or too large."""
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) > _MAX_FOLDER_ENTRIES:
                    return []
    except OSError:
        return []
    return sorted(names)
