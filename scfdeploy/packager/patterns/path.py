"""Parse the patterns of `src.exclude`, and match paths with them.

They work as in a .gitignore file: a pattern without `/` matches in every folder, one with `/` is relative to the folder
of the code, one that ends in `/` matches folders only; `**` matches any folders; `!` includes again. As in the vendor's
tool, there are braces (`*.{md,py}`) and groups (`*.!(js)`, `@(a|b)`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from scfdeploy.diagnostics.messages import message
from scfdeploy.packager.exclude import BadPatternError
from scfdeploy.packager.patterns.braces import MAX_EXPANSIONS, TooManyError, closing, expand
from scfdeploy.packager.patterns.name import InvalidPatternError, literal_text, name_matcher
from scfdeploy.records import NamedTuple

_OPENINGS = tuple("?*+@!")
_MAX_LENGTH = 4096
_MAX_GLOBS = 2000
"""Every path is matched with each of them; patterns without wildcards are looked up in a dictionary instead."""


class _Glob(NamedTuple):
    """One pattern with wildcards, after expansion of its braces."""

    number: int
    folders_only: bool
    chunks: tuple[_Chunk, ...]
    """The names between each two `**`; an empty chunk at an end stands for a `**` there."""


_Chunk: TypeAlias = tuple[Callable[[str], bool], ...]


class Patterns:
    """A list of patterns; bit n of a result stands for pattern n. BadPatternError."""

    __slots__ = ("_globs", "_names", "_negated", "_paths")

    def __init__(self, patterns: Sequence[str]) -> None:
        self._globs: list[_Glob] = []
        self._names: dict[tuple[str, bool], int] = {}
        self._paths: dict[tuple[str, bool], int] = {}
        self._negated = 0
        for number, pattern in enumerate(patterns):
            if _is_negated(pattern):
                self._negated |= 1 << number
            try:
                self._add(number, pattern)
            except InvalidPatternError as wrong:
                raise BadPatternError(pattern, str(wrong)) from None
            except TooManyError:
                reason = message("its braces expand to more than {limit} patterns", limit=MAX_EXPANSIONS)
                raise BadPatternError(pattern, reason) from None

    def match(self, path: str) -> tuple[bool, int]:
        """Whether the file `path`, or the folder `path/`, is excluded, and the bits of the patterns that match it.

        A pattern that matches a folder applies to its files. The last match decides, as in a .gitignore file.
        """
        is_folder = path.endswith("/")
        names = path.rstrip("/").split("/")
        direct = self._matching(names, is_folder=is_folder)
        if not self._negated:
            return direct != 0, direct
        # With a `!pattern`, excluded folders are scanned too, so each file must be matched through its parents.
        parents = 0
        for length in range(1, len(names)):
            parents |= self._matching(names[:length], is_folder=True)
        return self._decide(direct, parents & ~direct), direct | parents

    def _add(self, number: int, pattern: str) -> None:
        text = _strip_end(pattern)
        if _is_negated(pattern):
            text = text[1:]
            if not text.strip("/"):
                raise InvalidPatternError(message('no pattern follows "!"'))
        elif not text or text.startswith("#"):
            return
        if len(text) > _MAX_LENGTH:
            raise InvalidPatternError(message("it is longer than {limit} characters", limit=_MAX_LENGTH))
        for expanded in dict.fromkeys(expand(text)):
            self._add_expanded(number, expanded)

    def _add_expanded(self, number: int, text: str) -> None:
        segments = list(_split(text))
        folders_only = text.endswith("/") and not text.endswith("\\/")
        names = [segment for segment in segments if segment not in {"", "."}]
        if not names:
            return
        is_anchored = len(segments) - folders_only > 1
        literal = [None if name == "**" else literal_text(name) for name in names]
        if None not in literal:
            table = self._paths if is_anchored else self._names
            key = ("/".join(map(str, literal)), folders_only)
            table[key] = table.get(key, 0) | 1 << number
            return
        chunks: list[list[Callable[[str], bool]]] = [[]] if is_anchored else [[], []]
        for name in names:
            if name == "**":
                chunks.append([])
            else:
                chunks[-1].append(name_matcher(name))
        # Consecutive `**` are one.
        inner = [chunk for chunk in chunks[1:-1] if chunk]
        chunks = [chunks[0], *inner, chunks[-1]] if len(chunks) > 1 else chunks
        self._globs.append(_Glob(number, folders_only, tuple(map(tuple, chunks))))
        if len(self._globs) > _MAX_GLOBS:
            raise InvalidPatternError(message("all patterns expand to more than {limit}", limit=_MAX_GLOBS))

    def _matching(self, names: list[str], *, is_folder: bool) -> int:
        bits = self._names.get((names[-1], False), 0)
        if self._paths:
            bits |= self._paths.get(("/".join(names), False), 0)
        if is_folder:
            bits |= self._names.get((names[-1], True), 0) | self._paths.get(("/".join(names), True), 0)
        for glob in self._globs:
            if (is_folder or not glob.folders_only) and _matches(glob.chunks, names, is_folder=is_folder):
                bits |= 1 << glob.number
        return bits

    def _decide(self, direct: int, parents: int) -> bool:
        """The last match decides, but including a folder again does not include a file that another pattern matches."""
        is_excluded = is_direct = False
        for number in range((direct | parents).bit_length()):
            bit = 1 << number
            is_negated = bool(self._negated & bit)
            if direct & bit:
                is_excluded, is_direct = not is_negated, True
            elif parents & bit and not (is_negated and is_direct):
                is_excluded = not is_negated
        return is_excluded


def _is_negated(pattern: str) -> bool:
    """Whether a pattern includes files again; `!(a|b)` is a group instead."""
    return pattern.startswith("!") and not (pattern.startswith("!(") and closing(pattern, 1) is not None)


def _split(text: str) -> Iterator[str]:
    """The segments of a pattern between `/` outside of groups."""
    start = index = 0
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] == "(" and (end := closing(text, index)) is not None and text[start:index][-1:] in _OPENINGS:
            index = end
        elif text[index] == "/":
            yield text[start:index]
            start = index + 1
        index += 1
    yield text[start:]


def _strip_end(pattern: str) -> str:
    """The pattern without trailing spaces, except an escaped one."""
    text = pattern.rstrip(" ")
    return f"{text} " if text.endswith("\\") and len(text) < len(pattern) else text


def _matches(chunks: tuple[_Chunk, ...], names: list[str], *, is_folder: bool) -> bool:
    """Whether the chunks match, each at the first position after the one before, which is as good as any later one."""
    first = chunks[0]
    if len(chunks) == 1:
        return len(first) == len(names) and _fits(first, names, 0)
    last = chunks[-1]
    start, end = len(first), len(names) - len(last)
    if start > end or not _fits(first, names, 0) or not _fits(last, names, end):
        return False
    for chunk in chunks[1:-1]:
        while start + len(chunk) <= end and not _fits(chunk, names, start):
            start += 1
        if start + len(chunk) > end:
            return False
        start += len(chunk)
    # `tests/**` matches everything in the folder tests, but no file of that name.
    return is_folder or bool(last) or start < len(names)


def _fits(chunk: _Chunk, names: list[str], start: int) -> bool:
    return all(matches(names[start + index]) for index, matches in enumerate(chunk))
