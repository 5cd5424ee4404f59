"""`migrate`: older forms of serverless.yml into today's, shown as a diff or written."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.config.discover import discover
from scfdeploy.config.files import display_path, read_text
from scfdeploy.config.literal_secrets import find_literal_secrets
from scfdeploy.config.migration import migrate_text
from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, Severity
from scfdeploy.model import KnownSecrets
from scfdeploy.model.redaction import difference, hidden_words
from scfdeploy.results import Findings, MigratedFile, Migration
from scfdeploy.scaffold.naming import project_name
from scfdeploy.workspace.atomic_write import replace_file

_NAMELESS = "functions"


def migrate(path: str, cwd: str, *, write: bool, secrets: KnownSecrets | None = None) -> Migration:
    """Migrate the file at `path`, or in that folder, or in each of its sub-folders.

    A file that cannot be migrated stays as it is, with an error among the findings; the others go on. Raises
    ScfDeployError when a file cannot be written. `secrets` learns those of the files, to keep them out of messages.
    """
    known = secrets if secrets is not None else KnownSecrets()
    found = Diagnostics()
    sources: dict[str, str] = {}
    names = discover(path, cwd, found).files
    files = [_one(Path(file), cwd, found, sources=sources, write=write, secrets=known) for file in names]
    ok = not found.has_errors
    return Migration(Findings(found.sorted(), sources), ok, tuple(one for one in files if one is not None), write)


def _one(
    path: Path, cwd: str, found: Diagnostics, *, sources: dict[str, str], write: bool, secrets: KnownSecrets
) -> MigratedFile | None:
    """What became of one file; None when it cannot be read or migrated."""
    name = display_path(str(path), cwd)
    readable = read_text(str(path), name, found)
    if readable is None:
        return None
    sources[name] = readable
    text = path.read_bytes().decode("utf-8")
    migrated = migrate_text(text, name, default_name=_name_of(path.parent))
    found.extend(migrated.diagnostics)
    _learn(readable, name, secrets)
    if any(one.severity is Severity.ERROR for one in migrated.diagnostics):
        return None
    is_new = migrated.text != text
    if is_new and write:
        replace_file(path, migrated.text.encode("utf-8"))
    diff = difference(text, migrated.text, name, name)
    return MigratedFile(name, secrets.redact(diff), is_new and write)


def _learn(text: str, name: str, secrets: KnownSecrets) -> None:
    """Take note of the secrets of a file, also those whose key stands in another line, such as behind an anchor."""
    wrong = Diagnostics()
    tree = parse(text, name, wrong)
    if isinstance(tree, MappingNode):
        find_literal_secrets(tree, secrets)
    if len(wrong):
        for word in hidden_words(text):
            secrets.add_private(word)


def _name_of(folder: Path) -> str:
    """A name for an instance that has none, from its folder's."""
    try:
        return project_name(folder.name)
    except ScfDeployError:
        return _NAMELESS
