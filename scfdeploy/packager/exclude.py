"""Which files of a folder stay out of its archive.

Three rules. First, some names are never packed, whatever `exclude` and `include` say, because they hold secrets,
history or leavings of other programs that differ from machine to machine:

- names that begin with `.env`: settings and secrets for one machine
- `.git`, `.hg`, `.svn`: history
- names that begin with `.scfdeploy`: our own cache, and files of ours that are being written
- `__pycache__`: compiled Python, which is never the same twice
- `.DS_Store`: a file manager's notes

Second, files that hold keys (`key_files.py`) stay out, with a warning, unless `include` names the very file.

Third, `serverless.yml` (also `.yaml` and `.json`) at the top of a folder stays out, because it may hold secrets;
naming it in `include` brings it in. Everything else is packed unless the user's `exclude` patterns (`patterns.py`) say
otherwise. A `*.pyc` outside `__pycache__` is somebody's choice and is packed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scfdeploy.packager.patterns.path import Patterns

NEVER = frozenset({".git", ".hg", ".svn", "__pycache__", ".DS_Store"})
NEVER_PREFIX = (".env", ".scfdeploy")
LEFT_OUT_AT_TOP = frozenset({"serverless.yml", "serverless.yaml", "serverless.json"})


def is_never_packed(path: str) -> bool:
    """Whether any part of a path, written with `/`, is a name that is never packed."""
    return any(part in NEVER or part.startswith(NEVER_PREFIX) for part in path.split("/"))


class BadPatternError(ValueError):
    """A pattern that cannot be read. `pattern` is the one, as written; the text says why."""

    def __init__(self, pattern: str, why: str) -> None:
        super().__init__(why)
        self.pattern = pattern


class Selection:
    """Says of each path below one folder whether `exclude` leaves it out.

    A decision depends on the patterns and the path alone. So the decisions of an earlier run with the same patterns
    can be given as `decided`, and patterns are read only when a new path turns up. A decision is 1 for a path that
    stays out, plus twice the bits of the patterns that match it.
    """

    __slots__ = ("_compiled", "_own_files", "_prunes", "decided", "matched", "patterns", "pruned", "skipped")

    def __init__(
        self,
        patterns: tuple[str, ...],
        decided: Mapping[str, int] | None = None,
        *,
        own_files: Collection[str] = (),
    ) -> None:
        self.patterns = patterns
        # A `!pattern` may bring back a file below a folder that is left out, so such a folder must be looked into.
        self._prunes = not any(pattern.startswith("!") for pattern in patterns)
        self._compiled: Patterns | None = None
        self._own_files = own_files
        self.decided: dict[str, int] = dict(decided or {})
        self.matched = 0
        """The bits of all patterns that matched a path asked for."""
        self.pruned: list[str] = []
        """Folders that were left out as a whole, each with a closing `/`."""
        self.skipped: list[str] = []
        """Paths that are never packed, for which no pattern was tried."""

    def excludes(self, path: str) -> bool:
        """Whether the file `path`, or the folder `path/` with all below it, stays out. BadPatternError."""
        if path in self._own_files:
            return True
        if not self.patterns:
            return False
        known = self.decided.get(path)
        if known is None:
            known = self.decided[path] = self._decide(path)
        if not known:
            return False
        self.matched |= known >> 1
        if path.endswith("/"):
            self.pruned.append(path)
        return bool(known & 1)

    @property
    def compiled(self) -> Patterns:
        """The patterns, read. BadPatternError."""
        if self._compiled is None:
            from scfdeploy.packager.patterns.path import Patterns

            self._compiled = Patterns(self.patterns)
        return self._compiled

    def _decide(self, path: str) -> int:
        if path.endswith("/") and not self._prunes:
            return 0
        left_out, bits = self.compiled.match(path)
        return left_out | bits << 1
