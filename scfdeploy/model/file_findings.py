"""Findings about files of a project that both reading and packaging report."""

from __future__ import annotations

from scfdeploy.diagnostics import Finding, Severity

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
