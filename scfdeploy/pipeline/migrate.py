"""`migrate`: older forms of serverless.yml into today's, shown as a diff or written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from scfdeploy.config.discover import discover
from scfdeploy.config.files import read_text
from scfdeploy.config.migration import migrate_text
from scfdeploy.config.paths import shown
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, Severity
from scfdeploy.pipeline.replace_file import replace_file
from scfdeploy.report.results import Findings, MigratedFile, Migration
from scfdeploy.scaffold.naming import project_name

_BOM = "\ufeff"
_NAMELESS = "functions"


def migrate(path: str, cwd: str, *, write: bool) -> Migration:
    """Migrate the file at `path`, or in that folder, or in each of its sub-folders.

    A file that cannot be migrated stays as it is, with an error among the findings; the others go on. Raises
    ScfDeployError when a file cannot be written.
    """
    found = Diagnostics()
    sources: dict[str, str] = {}
    files = [_one(Path(file), cwd, found, sources=sources, write=write) for file in discover(path, cwd, found).files]
    ok = not found.has_errors
    return Migration(Findings(found.sorted(), sources), ok, tuple(one for one in files if one is not None), write)


def _one(path: Path, cwd: str, found: Diagnostics, *, sources: dict[str, str], write: bool) -> MigratedFile | None:
    """What became of one file; None when it cannot be read or migrated."""
    name = shown(str(path), cwd)
    readable = read_text(str(path), name, found)
    if readable is None:
        return None
    sources[name] = readable
    text = path.read_bytes().decode("utf-8")
    migrated = migrate_text(text, name, default_name=_name_of(path.parent))
    found.extend(migrated.diagnostics)
    if any(one.severity is Severity.ERROR for one in migrated.diagnostics):
        return None
    is_new = migrated.text != text
    if is_new and write:
        replace_file(path, migrated.text.encode("utf-8"))
    return MigratedFile(name, "".join(_diff(text, migrated.text, name)), is_new and write)


def _name_of(folder: Path) -> str:
    """A name for an instance that has none, from its folder's."""
    try:
        return project_name(folder.name)
    except ScfDeployError:
        return _NAMELESS


def _diff(before: str, after: str, name: str) -> Iterator[str]:
    """A unified diff in the form that `patch` reads; empty when there is no difference."""
    for line in difflib.unified_diff(_lines(before), _lines(after), name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    text = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    return re.findall(r"[^\n]*\n|[^\n]+$", text)
