"""Findings about files of a project that both reading and packaging report."""

from __future__ import annotations

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml

FILE_UNREADABLE = Finding(
    "file-unreadable",
    Severity.ERROR,
    "File cannot be read",
    detail="{file}: {reason}.",
    hint="Check the path and the permissions.",
    title="A file or folder that cannot be read.",
    what="The file exists, but it is a folder, not a regular file, or its permissions forbid reading it.",
    why="What cannot be read would be missing from the deployment.",
    wrong="A serverless.yml, or a file of the code, that only another user may read.",
    right="Files that the user of scfdeploy may read; exclude code that is not needed with `src.exclude`.",
)
INCLUDE_FORBIDDEN = Finding(
    "include-forbidden",
    Severity.ERROR,
    "Include names files that are never packaged",
    detail='"{path}" in src.include may contain secrets or history, which are never packaged.',
    hint="Remove it; pass settings as environment.variables.",
    title="An include path to files that are never packaged.",
    what="A path in `src.include` is a .env file, a .git folder, or belongs to scfdeploy.",
    why="Such files contain secrets or history, which no function needs.",
    wrong=yaml("src:\n  src: ./src\n  include: ['.env']"),
    right=yaml("environment:\n  variables:\n    API_URL: ${env:API_URL}"),
)
