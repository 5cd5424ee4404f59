"""Which files of a folder stay out of its archive.

Three rules. First, some names are never packed, whatever `exclude` and `include` say, because they hold secrets,
history or leavings of other programs that differ from machine to machine:

- names that begin with `.env`: settings and secrets for one machine
- `.git`, `.hg`, `.svn`: history
- `.scfdeploy`: our own cache
- `__pycache__`: compiled Python, which is never the same twice
- `.DS_Store`: a file manager's notes

Second, files that hold keys (`key_files.py`) stay out, with a warning, unless `include` names the very file.

Third, `serverless.yml` (also `.yaml` and `.json`) at the top of a folder stays out, because it may hold secrets;
naming it in `include` brings it in. Everything else is packed unless the user's `exclude` patterns, which read as in a
.gitignore file, say otherwise. A `*.pyc` outside `__pycache__` is somebody's choice and is packed.
"""

from __future__ import annotations

from collections.abc import Mapping

NEVER = frozenset({".git", ".hg", ".svn", ".scfdeploy", "__pycache__", ".DS_Store"})
NEVER_PREFIX = ".env"
LEFT_OUT_AT_TOP = frozenset({"serverless.yml", "serverless.yaml", "serverless.json"})


def is_never_packed(path: str) -> bool:
    """Whether any part of a path, written with `/`, is a name that is never packed."""
    return any(part in NEVER or part.startswith(NEVER_PREFIX) for part in path.split("/"))


class BadPatternError(ValueError):
    """A pattern that cannot be read. `pattern` is the one, as written."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


class Selection:
    """Says of each path below one folder whether `exclude` leaves it out.

    A decision depends on the patterns and the path alone. So the decisions of an earlier run with the same patterns
    can be given as `decided`, and the pattern library is loaded only when a new path turns up.
    """

    __slots__ = ("_matches", "_patterns", "_prunes", "decided")

    def __init__(self, patterns: tuple[str, ...], decided: Mapping[str, bool] | None = None) -> None:
        self._patterns = tuple(map(_without_dot, patterns))
        # A `!pattern` may bring back a file below a folder that is left out, so such a folder must be looked into.
        self._prunes = not any(pattern.startswith("!") for pattern in patterns)
        self._matches: _Spec | None = None
        self.decided: dict[str, bool] = dict(decided or {})

    def leaves_out(self, path: str) -> bool:
        """Whether the file `path`, or the folder `path/` with all below it, stays out. BadPatternError."""
        if not self._patterns:
            return False
        known = self.decided.get(path)
        if known is None:
            known = self.decided[path] = self._decide(path)
        return known

    def _decide(self, path: str) -> bool:
        if path.endswith("/") and not self._prunes:
            return False
        if self._matches is None:
            self._matches = _Spec(self._patterns)
        return self._matches.match(path)


class _Spec:
    """The compiled patterns."""

    __slots__ = ("_spec",)

    def __init__(self, patterns: tuple[str, ...]) -> None:
        import re

        from pathspec import GitIgnoreSpec  # 25 ms

        for pattern in patterns:
            try:
                GitIgnoreSpec.from_lines([pattern])
            except (ValueError, re.error) as wrong:
                raise BadPatternError(pattern) from wrong
        self._spec = GitIgnoreSpec.from_lines(patterns)

    def match(self, path: str) -> bool:
        return bool(self._spec.match_file(path))


def _without_dot(pattern: str) -> str:
    """`./tests/**` as users write it: a .gitignore knows no `./`, and anchors a pattern with a leading `/`."""
    mark, rest = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    return f"{mark}/{rest[2:]}" if rest.startswith("./") else pattern
