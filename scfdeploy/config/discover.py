"""Find the files of a project, and warn about a file in the parent folder that is not read."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH112, PTH113, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Mapping

from scfdeploy.config.files import absolute, display_path, read_text
from scfdeploy.config.yaml import MappingNode, ScalarNode, is_null, parse
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Instance
from scfdeploy.model.file_findings import FILE_UNREADABLE
from scfdeploy.records import NamedTuple

FILE_MISSING = Finding(
    "file-missing",
    Severity.ERROR,
    "File or folder does not exist",
    detail="{path} does not exist.",
    hint="Check the path, or create a project with `scfdeploy init`.",
    title="A file or folder that does not exist, or contains no serverless.yml.",
    what="The path given on the command line does not exist, or is a folder without a serverless.yml in it or in one "
    "of its direct subfolders.",
    why="There is nothing to read, so there is nothing to deploy.",
    wrong="`scfdeploy validate shpo`, where the folder is called `shop`.",
    right="`scfdeploy validate shop`.",
)
SEVERAL_FILES = Finding(
    "several-files",
    Severity.WARNING,
    "Several files for one instance",
    detail="The folder has {files}; only {used} is read.",
    hint="Keep one of them.",
    title="Two files for one instance in one folder.",
    what="The folder has both serverless.yml and serverless.yaml; only the first is read.",
    why="Changes in the other file would have no effect.",
    wrong="`serverless.yml` and `serverless.yaml` in one folder.",
    right="One of them.",
)
PARENT_FILE_IGNORED = Finding(
    "parent-file-ignored",
    Severity.WARNING,
    "File in the parent folder is ignored",
    detail="{file} has `{key}: {theirs}`, which the vendor's own tool uses instead of `{key}: {ours}`. scfdeploy reads "
    "only the file of the instance.",
    hint="Write the same {key} in both.",
    title="A file in the parent folder with a different app or stage.",
    what="The parent folder has a serverless.yml with another `app` or `stage`, which the vendor's own tool would use "
    "instead of this file's.",
    why="The two tools would deploy to different places.",
    wrong=yaml("# ../serverless.yml\napp: shop\n---\n# serverless.yml\napp: store"),
    right=yaml("# the same app and stage in both files\napp: shop"),
)

_IDENTITY = ("app:", "stage:", "org:")
FILE_NAMES = ("serverless.yml", "serverless.yaml", "serverless.json")
# Installed packages bring files of their own, which are no projects of the user.
_OF_OTHERS = frozenset(("node_modules",))


class ProjectFiles(NamedTuple):
    """The files as absolute paths, ordered by folder name, and the folder of the project."""

    files: tuple[str, ...]
    root: str
    texts: Mapping[str, str] = {}
    """The texts of files that were read already, as `read_text` returns them."""


def discover(path: str, cwd: str, diagnostics: Diagnostics) -> ProjectFiles:
    """The files at `path`, a file or a folder. Reports an error when there are none."""
    full = absolute(path, cwd)
    span = Span.at(display_path(full, cwd))
    if "\x00" in path or not os.path.lexists(full):
        siblings = (os.path.join(os.path.dirname(full), name) for name in FILE_NAMES if "\x00" not in full)
        other = next((os.path.basename(sibling) for sibling in siblings if os.path.exists(sibling)), None)
        diagnostics.report(
            FILE_MISSING,
            span,
            hint="Did you mean {other} in that folder?" if other else None,
            path=repr(full),
            other=other,
        )
        return ProjectFiles((), full)
    if not os.path.isdir(full):
        return ProjectFiles((full,), os.path.dirname(full))
    if os.path.basename(full) in FILE_NAMES:
        return ProjectFiles((full,), os.path.dirname(full))  # reading the file reports that it is a folder
    own = _file_in(full, cwd, diagnostics)
    text = None if own is None else _read(own)
    texts = {} if own is None or text is None else {own: text}
    if own is not None and not _has_identity_only(text):
        return ProjectFiles((own,), full, texts)
    folders = _folders_in(full, span, diagnostics)
    files = tuple(file for folder in folders if (file := _file_in(folder, cwd, diagnostics)))
    if own is not None and not files:
        return ProjectFiles((own,), full, texts)
    if not files and not diagnostics.has_errors:
        diagnostics.report(
            FILE_MISSING,
            span,
            summary="No serverless.yml",
            detail="Neither {folder} nor a folder directly in it has a serverless.yml.",
            hint="Name the folder that has one, or create a project with `scfdeploy init`.",
            folder=span.file,
        )
    return ProjectFiles(files, full)


def _read(path: str) -> str | None:
    """The text of a file; None if it cannot be read, which reading it as an instance reports."""
    return read_text(path, path, Diagnostics())


def _has_identity_only(text: str | None) -> bool:
    """Whether a file has only `app`, `stage` and `org`, so that the instances are in the folders below it."""
    lines = [line for line in (text or "").splitlines() if line.strip() and not line.lstrip().startswith(("#", "---"))]
    return bool(lines) and all(line.startswith(_IDENTITY) for line in lines)


def has_folders_of_project(folder: str) -> bool:
    """Whether the files of the folder as a project, if it is one, are in the folders below it."""
    own = _file_in(folder, folder, Diagnostics())
    return own is None or _has_identity_only(_read(own))


def discover_tree(path: str, cwd: str, diagnostics: Diagnostics) -> ProjectFiles:
    """The files at `path` and in all folders below it, except hidden folders and node_modules. Links are not followed.

    Reports an error when there are none.
    """
    full = absolute(path, cwd)
    if "\x00" in path or not os.path.isdir(full):
        return discover(path, cwd, diagnostics)
    files: list[str] = []

    def report(error: OSError) -> None:
        _report_unreadable(Span.at(display_path(str(error.filename), cwd)), error, diagnostics)

    for folder, names, _ in os.walk(full, onerror=report):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _OF_OTHERS)
        own = _file_in(folder, cwd, diagnostics)
        if own is not None and not _has_identity_only(_read(own)):
            files.append(own)
    return ProjectFiles(tuple(files), full) if files else discover(path, cwd, diagnostics)


def _file_in(folder: str, cwd: str, diagnostics: Diagnostics) -> str | None:
    present = [file for name in FILE_NAMES if os.path.lexists(file := os.path.join(folder, name))]
    if len(present) > 1:
        names = " and ".join(os.path.basename(file) for file in present)
        diagnostics.report(
            SEVERAL_FILES, Span.at(display_path(present[0], cwd)), files=names, used=os.path.basename(present[0])
        )
    return present[0] if present else None


def _folders_in(folder: str, span: Span, diagnostics: Diagnostics) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    except OSError as error:
        _report_unreadable(span, error, diagnostics)
        return []


def _report_unreadable(folder: Span, error: OSError, diagnostics: Diagnostics) -> None:
    diagnostics.report(
        FILE_UNREADABLE,
        folder,
        summary="Folder cannot be read",
        hint="Check the permissions.",
        file=folder.file,
        reason=error.strerror,
    )


def warn_about_parent_file(instance: Instance, cwd: str, diagnostics: Diagnostics) -> None:
    """Warn when a file in the parent folder has another app or stage, which the vendor's tool would use."""
    folder = os.path.dirname(instance.root)
    path = next((path for name in FILE_NAMES if os.path.isfile(path := os.path.join(folder, name))), None)
    if path is None or folder == instance.root:
        return
    ignored = Diagnostics()  # the file is not part of the project
    text = read_text(path, path, ignored)
    tree = None if text is None else parse(text, path, ignored)
    if not isinstance(tree, MappingNode):
        return
    for key, ours in (("app", instance.app), ("stage", instance.stage)):
        entry = tree.get(key)
        if entry is None or not isinstance(entry.value, ScalarNode) or is_null(entry.value):
            continue
        if "${" not in entry.value.text and entry.value.text != ours:
            diagnostics.report(
                PARENT_FILE_IGNORED,
                instance.span,
                hint="Write the same {key} in both, or pass --stage." if key == "stage" else None,
                file=display_path(path, cwd),
                key=key,
                theirs=entry.value.text,
                ours=ours,
            )
