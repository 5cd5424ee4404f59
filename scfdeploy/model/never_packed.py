"""Names of files that are in no package, because they contain secrets or history, or belong to one machine."""

from __future__ import annotations

NEVER = frozenset({".git", ".hg", ".svn", "__pycache__", ".DS_Store"})
NEVER_PREFIX = (".env", ".scfdeploy")


def is_never_packed(path: str) -> bool:
    """Whether a path, written with `/`, contains a name that is never packed."""
    return any(name in NEVER or name.startswith(NEVER_PREFIX) for name in path.split("/"))
