"""Which files of a folder are excluded from its archive.

There are three rules. First, some names are never packed, whatever `exclude` and `include` say, because they contain
secrets, history or files of other programs that differ between machines:

- names that begin with `.env`: settings and secrets of one machine
- `.git`, `.hg`, `.svn`: history
- names that begin with `.scfdeploy`: the cache of scfdeploy, and files that it is writing
- `__pycache__`: compiled Python, which is never the same twice
- `.DS_Store`: metadata of macOS
- a folder such as `.venv` that is a virtual environment of Python: it belongs to one machine, and links to its programs

Second, files that contain keys (`key_files.py`) are excluded with a warning, unless `include` names the file itself.

Third, `serverless.yml` (also `.yaml` and `.json`) at the top of a folder is excluded unless `include` names it, because
it can contain secrets, and so is its schema for editors. Everything else is packed unless a pattern of `exclude`
(`patterns/`) matches it. A `*.pyc` outside `__pycache__` is packed: it is there on purpose.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scfdeploy.packager.patterns.path import Patterns

_ENVIRONMENT_NAMES = frozenset({"env", "virtualenv", ".virtualenv"})
EXCLUDED_AT_TOP = frozenset({"serverless.yml", "serverless.yaml", "serverless.json", "serverless.schema.json"})


def is_virtual_environment(path: str, name: str) -> bool:
    """Whether the folder at `path` is a virtual environment of Python, judged only for usual names."""
    return ("venv" in name or name in _ENVIRONMENT_NAMES) and os.path.isfile(f"{path}/pyvenv.cfg")  # noqa: PTH113


class BadPatternError(ValueError):
    """An invalid pattern; the text says why."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(reason)
        self.pattern = pattern
        """As written."""


class Selection:
    """Decides for each path below one folder whether `exclude` excludes it."""

    __slots__ = ("_compiled", "_own_files", "_prunes", "decided", "matched", "patterns", "pruned", "skipped")

    def __init__(
        self,
        patterns: tuple[str, ...],
        decided: Mapping[str, int] | None = None,
        *,
        own_files: Collection[str] = (),
    ) -> None:
        self.patterns = patterns
        # A `!pattern` can include a file below an excluded folder, so excluded folders must be scanned too.
        self._prunes = not any(pattern.startswith("!") for pattern in patterns)
        self._compiled: Patterns | None = None
        self._own_files = own_files
        self.decided: dict[str, int] = dict(decided or {})
        """Decisions by path: 1 for an excluded path, plus twice the bits of the patterns that match it.

        They depend on the patterns and the path alone, so those of an earlier run with the same patterns stay valid,
        and patterns are compiled only for a new path.
        """
        self.matched = 0
        """The bits of all patterns that matched a path."""
        self.pruned: list[str] = []
        """Folders that were left out without a scan, each with a closing `/`."""
        self.skipped: list[str] = []
        """Paths that are never packed, which were not matched with any pattern."""

    def excludes(self, path: str) -> bool:
        """Whether the file `path`, or the folder `path/` with all its files, is excluded. BadPatternError."""
        if path in self._own_files:
            return True
        if not self.patterns:
            return False
        decision = self.decided.get(path)
        if decision is None:
            decision = self.decided[path] = self._decide(path)
        if not decision:
            return False
        self.matched |= decision >> 1
        if path.endswith("/"):
            self.pruned.append(path)
        return bool(decision & 1)

    @property
    def compiled(self) -> Patterns:
        """The compiled patterns. BadPatternError."""
        if self._compiled is None:
            from scfdeploy.packager.patterns.path import Patterns

            self._compiled = Patterns(self.patterns)
        return self._compiled

    def _decide(self, path: str) -> int:
        if path.endswith("/") and not self._prunes:
            return 0
        is_excluded, bits = self.compiled.match(path)
        return is_excluded | bits << 1
