"""`migrate`: convert older forms of serverless.yml to the current form, as a diff or in place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from scfdeploy.config.discover import discover, discover_tree
from scfdeploy.config.files import display_path, read_text
from scfdeploy.config.literal_secrets import find_literal_secrets
from scfdeploy.config.migration import Migrated, NewFile, migrate_text
from scfdeploy.config.migration.migrate import NOT_MIGRATED
from scfdeploy.config.migration.named_components import VALUE_FROM_ENVIRONMENT
from scfdeploy.config.yaml import MappingNode
from scfdeploy.diagnostics import Diagnostic, Diagnostics, ScfDeployError, Severity, Span, message
from scfdeploy.model import KnownSecrets
from scfdeploy.model.redaction import ChangedLines, changed_lines, difference, hidden_words
from scfdeploy.records import NamedTuple, replace
from scfdeploy.results import Findings
from scfdeploy.results.migrated import MigratedFile, Migration
from scfdeploy.scaffold.project import project_name
from scfdeploy.workspace.atomic_write import pending_file, replace_file

_DEFAULT_NAME = "functions"


class MigrateOptions(NamedTuple):
    """What `migrate` reads and writes."""

    write: bool = False
    whole_tree: bool = False
    """Read the files in all folders below the path, at any depth."""

    component: str | None = None
    """The kind of a component that a file names by a local path."""


def migrate(path: str, cwd: str, options: MigrateOptions, *, secrets: KnownSecrets | None = None) -> Migration:
    """Migrate the file at `path`, in that folder, or in each of its sub-folders.

    A file that cannot be migrated is not changed and gets an error; the others are migrated. A new file never replaces
    an existing one. Adds the secrets of the files to `secrets`. Raises ScfDeployError if a file cannot be written.
    """
    known = secrets if secrets is not None else KnownSecrets()
    diagnostics = Diagnostics()
    sources: dict[str, str] = {}
    find = discover_tree if options.whole_tree else discover
    migrated: list[MigratedFile] = []
    failed: list[str] = []
    for file in find(path, cwd, diagnostics).files:
        result = _migrate_file(Path(file), cwd, diagnostics, sources=sources, options=options, secrets=known)
        if result is None:
            failed.append(display_path(file, cwd))
        else:
            migrated.append(result)
    findings = Findings(diagnostics.sorted(), sources)
    return Migration(findings, not diagnostics.has_errors, tuple(migrated), options.write, tuple(failed))


def _migrate_file(
    path: Path,
    cwd: str,
    diagnostics: Diagnostics,
    *,
    sources: dict[str, str],
    options: MigrateOptions,
    secrets: KnownSecrets,
) -> MigratedFile | None:
    """Migrate one file; None if it cannot be read or migrated."""
    name = display_path(str(path), cwd)
    readable = read_text(str(path), name, diagnostics)
    if readable is None:
        return None
    sources[name] = readable
    text = path.read_bytes().decode("utf-8")
    migrated = migrate_text(
        text, name, default_name=_default_name(path.parent), component=options.component, folder=str(path.parent)
    )
    diagnostics.extend(map(_with_repair, migrated.diagnostics))
    _note_secrets(migrated, readable, secrets)
    if any(finding.severity is Severity.ERROR for finding in migrated.diagnostics):
        return None
    migrated = _with_left_out_values(migrated, text, path.parent, name, diagnostics)
    targets = {path.parent / new.path: new for new in migrated.new_files}
    taken = next((target for target in targets if not _is_free(target, path.parent)), None)
    if taken is not None:
        diagnostics.report(
            NOT_MIGRATED,
            Span.at(name),
            reason=message("{file} would be created, but exists already.", file=display_path(str(taken), cwd)),
            advice=message("Rename or remove it, then migrate again."),
        )
        return None
    is_written = options.write and migrated.text != text
    if is_written:
        _write(path, migrated.text, targets)
    diff = difference(text, migrated.text, name, name)
    new_names = {display_path(str(target), cwd): new.text for target, new in targets.items()}
    diff += "".join(difference("", content, "/dev/null", new) for new, content in new_names.items())
    changes = tuple(_redacted(change, secrets) for change in changed_lines(text, migrated.text))
    return MigratedFile(name, secrets.redact(diff), is_written, tuple(new_names), changes)


def _with_left_out_values(
    migrated: Migrated, original: str, folder: Path, name: str, diagnostics: Diagnostics
) -> Migrated:
    """A conversion whose required values without a text are read from the environment, which is reported."""
    if migrated.text == original:
        return migrated
    from scfdeploy.config.migration.left_out import write_left_out_values

    text, names = write_left_out_values(migrated.text, name, str(folder))
    files = []
    for new in migrated.new_files:
        content, more = write_left_out_values(new.text, name, str((folder / new.path).parent))
        files.append(new._replace(text=content))
        names = (*names, *more)
    if names:
        diagnostics.report(
            VALUE_FROM_ENVIRONMENT,
            Span.at(name),
            detail="The file leaves out required values, which are now read from the environment: {variables}.",
            variables=", ".join(dict.fromkeys(names)),
            lines="\n".join(f"{variable}=" for variable in dict.fromkeys(names)),
        )
    return replace(migrated, text=text, new_files=tuple(files))


def _with_repair(finding: Diagnostic) -> Diagnostic:
    """A finding that stops the migration, with the command that corrects it, if there is one."""
    if finding.severity is not Severity.ERROR or not finding.fix:
        return finding
    hint = message("{hint} `scfdeploy validate --fix` does it for you.", hint=finding.hint or "").strip()
    return replace(finding, hint=hint if "validate --fix" not in (finding.hint or "") else finding.hint)


def _redacted(change: ChangedLines, secrets: KnownSecrets) -> ChangedLines:
    return ChangedLines(change.line, *(tuple(map(secrets.redact, lines)) for lines in (change.before, change.after)))


def _is_free(target: Path, folder: Path) -> bool:
    """Whether a new file can be created: nothing is there, and its folder is a real one below that of the old file."""
    parts = target.relative_to(folder).parts
    if not parts or ".." in parts or os.path.lexists(target):
        return False
    parents = [folder.joinpath(*parts[:count]) for count in range(1, len(parts))]
    return all(not os.path.lexists(one) or (one.is_dir() and not one.is_symlink()) for one in parents)


def _write(path: Path, text: str, targets: Mapping[Path, NewFile]) -> None:
    """Write the new files, then the old one. After an error, none of the new ones is left."""
    with ExitStack() as undo:
        for target, new in targets.items():
            _create(target, new.text, undo)
        replace_file(path, text.encode("utf-8"))
        undo.pop_all()


def _create(target: Path, text: str, undo: ExitStack) -> None:
    """Write a file that must not exist yet, and its folders; `undo` removes them. Raises ScfDeployError."""
    try:
        for folder in reversed(target.parents):
            if not folder.exists():
                folder.mkdir()
                undo.callback(_remove_folder, folder)
        with pending_file(str(target), text.encode("utf-8")) as made:
            made.create()
        undo.callback(target.unlink, missing_ok=True)
    except OSError as error:
        raise ScfDeployError(
            message("{path} cannot be written: {reason}", path=target, reason=error.strerror),
            hint=message("The file was not changed."),
        ) from error


def _remove_folder(folder: Path) -> None:
    # Files of another process keep the folder.
    with suppress(OSError):
        folder.rmdir()


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
