"""`migrate`: convert older forms of serverless.yml to the current form, as a diff or in place."""

from __future__ import annotations

import os
from pathlib import Path

from scfdeploy.config.discover import discover
from scfdeploy.config.files import display_path, read_text
from scfdeploy.config.literal_secrets import find_literal_secrets
from scfdeploy.config.migration import Migrated, migrate_text
from scfdeploy.config.migration.migrate import NOT_MIGRATED
from scfdeploy.config.yaml import MappingNode
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, Severity, Span, message
from scfdeploy.model import KnownSecrets
from scfdeploy.model.redaction import difference, hidden_words
from scfdeploy.results import Findings, MigratedFile, Migration
from scfdeploy.scaffold.project import project_name
from scfdeploy.workspace.atomic_write import replace_file

_DEFAULT_NAME = "functions"


def migrate(path: str, cwd: str, *, write: bool, secrets: KnownSecrets | None = None) -> Migration:
    """Migrate the file at `path`, in that folder, or in each of its sub-folders.

    A file that cannot be migrated is not changed and gets an error; the others are migrated. Adds the secrets of the
    files to `secrets`. Raises ScfDeployError if a file cannot be written.
    """
    known = secrets if secrets is not None else KnownSecrets()
    diagnostics = Diagnostics()
    sources: dict[str, str] = {}
    paths = discover(path, cwd, diagnostics).files
    files = [_migrate_file(Path(file), cwd, diagnostics, sources=sources, write=write, secrets=known) for file in paths]
    migrated = tuple(file for file in files if file is not None)
    return Migration(Findings(diagnostics.sorted(), sources), not diagnostics.has_errors, migrated, write)


def _migrate_file(
    path: Path, cwd: str, diagnostics: Diagnostics, *, sources: dict[str, str], write: bool, secrets: KnownSecrets
) -> MigratedFile | None:
    """Migrate one file; None if it cannot be read or migrated."""
    name = display_path(str(path), cwd)
    readable = read_text(str(path), name, diagnostics)
    if readable is None:
        return None
    sources[name] = readable
    text = path.read_bytes().decode("utf-8")
    migrated = migrate_text(text, name, default_name=_default_name(path.parent))
    diagnostics.extend(migrated.diagnostics)
    _note_secrets(migrated, readable, secrets)
    if any(finding.severity is Severity.ERROR for finding in migrated.diagnostics):
        return None
    targets = {path.parent / new.path: new.text for new in migrated.new_files}
    taken = next((target for target in targets if os.path.lexists(target)), None)
    if taken is not None:
        diagnostics.report(
            NOT_MIGRATED,
            Span.at(name),
            reason=message("{file} would be created, but exists already.", file=display_path(str(taken), cwd)),
            advice=message("Rename or remove it, then migrate again."),
        )
        return None
    is_written = write and migrated.text != text
    if is_written:
        for target, content in targets.items():  # before the old file, which loses what they contain
            target.parent.mkdir(exist_ok=True)
            replace_file(target, content.encode("utf-8"))
        replace_file(path, migrated.text.encode("utf-8"))
    diff = difference(text, migrated.text, name, name)
    for target, content in targets.items():
        diff += difference("", content, os.devnull, display_path(str(target), cwd))
    return MigratedFile(name, secrets.redact(diff), is_written)


def _note_secrets(migrated: Migrated, text: str, secrets: KnownSecrets) -> None:
    """Add the secrets of a file to `secrets`, including those whose key is in another line, as with an anchor."""
    if isinstance(migrated.tree, MappingNode):
        find_literal_secrets(migrated.tree, secrets)
    if not migrated.is_valid:  # parts of the tree are missing
        for word in hidden_words(text):
            secrets.add_private(word)


def _default_name(folder: Path) -> str:
    """The name of an instance that has none, from the name of its folder."""
    try:
        return project_name(folder.name)
    except ScfDeployError:
        return _DEFAULT_NAME
