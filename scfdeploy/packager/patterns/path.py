"""Reads the patterns of `src.exclude`, and says which of them match a path.

They read as in a .gitignore file: a pattern without `/` holds in every folder, one with `/` from the folder of the
code, one that ends in `/` for folders only; `**` stands for any folders; `!` brings back. Beside that they know what
the vendor's tool knows: braces (`*.{md,py}`) and groups (`*.!(js)`, `@(a|b)`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from scfdeploy.packager.exclude import BadPatternError
from scfdeploy.packager.patterns.braces import MOST_EXPANSIONS, TooManyError, closing, expand
from scfdeploy.packager.patterns.name import NotAPatternError, literal_text, name_matcher

_LONGEST = 4096
_MOST_GLOBS = 2000
"""Every name is tried with each of them; names and paths without `*` are looked up and do not count."""


class _Form(NamedTuple):
    """One pattern after its braces are expanded. `chunks` lie between `**`; an empty one is an end that is open."""

    number: int
    folders_only: bool
    chunks: tuple[tuple[Callable[[str], bool], ...], ...]


class Patterns:
    """A list of patterns. `bits` of the answers count patterns from the first, which is 1. BadPatternError."""

    __slots__ = ("_forms", "_names", "_negated", "_paths")

    def __init__(self, patterns: Sequence[str]) -> None:
        self._forms: list[_Form] = []
        self._names: dict[tuple[str, bool], int] = {}
        self._paths: dict[tuple[str, bool], int] = {}
        self._negated = 0
        for number, pattern in enumerate(patterns):
            if is_negated(pattern):
                self._negated |= 1 << number
            try:
                self._add(number, pattern)
            except NotAPatternError as wrong:
                raise BadPatternError(pattern, str(wrong)) from None
            except TooManyError:
                raise BadPatternError(pattern, f"its braces stand for more than {MOST_EXPANSIONS} patterns") from None

    def match(self, path: str) -> tuple[bool, int]:
        """Whether the file `path`, or the folder `path/`, is left out, and the bits of the patterns that match it.

        A folder that matches takes along what lies in it. Of several the last counts, as in a .gitignore file.
        """
        is_folder = path.endswith("/")
        parts = path.rstrip("/").split("/")
        direct = self._matching(parts, is_folder=is_folder)
        if not self._negated:
            return direct != 0, direct
        # With a `!pattern`, folders are not passed over as a whole, so that each file answers for those around it.
        around = 0
        for length in range(1, len(parts)):
            around |= self._matching(parts[:length], is_folder=True)
        return self._decide(direct, around & ~direct), direct | around

    def _add(self, number: int, pattern: str) -> None:
        text = _without_trailing_blanks(pattern)
        if is_negated(pattern):
            text = text[1:]
            if not text.strip("/"):
                raise NotAPatternError('"!" brings back what follows it, and nothing does')
        elif not text or text.startswith("#"):
            return
        if len(text) > _LONGEST:
            raise NotAPatternError(f"it is longer than {_LONGEST} characters")
        for each in dict.fromkeys(expand(text)):
            self._add_expanded(number, each)

    def _add_expanded(self, number: int, text: str) -> None:
        parts = split_path(text)
        folders_only = text.endswith("/") and not text.endswith("\\/")
        names = [part for part in parts if part not in {"", "."}]
        if not names:
            return
        anchored = len(parts) - folders_only > 1
        if not anchored:
            names = ["**", *names]
        literal = None if "**" in names[not anchored :] else [literal_text(name) for name in names[not anchored :]]
        if literal is not None and None not in literal:
            known = self._paths if anchored else self._names
            key = ("/".join(map(str, literal)), folders_only)
            known[key] = known.get(key, 0) | 1 << number
            return
        chunks: list[list[Callable[[str], bool]]] = [[]]
        for name in names:
            if name == "**":
                chunks.append([])
            else:
                chunks[-1].append(name_matcher(name))
        # Consecutive `**` are one.
        inner = [chunk for chunk in chunks[1:-1] if chunk]
        whole = [chunks[0], *inner, chunks[-1]] if len(chunks) > 1 else chunks
        self._forms.append(_Form(number, folders_only, tuple(map(tuple, whole))))
        if len(self._forms) > _MOST_GLOBS:
            raise NotAPatternError(f"it is one of more than {_MOST_GLOBS}, all expanded")

    def _matching(self, parts: list[str], *, is_folder: bool) -> int:
        found = self._names.get((parts[-1], False), 0)
        if self._paths:
            found |= self._paths.get(("/".join(parts), False), 0)
        if is_folder:
            found |= self._names.get((parts[-1], True), 0) | self._paths.get(("/".join(parts), True), 0)
        for form in self._forms:
            if (is_folder or not form.folders_only) and _matches(form.chunks, parts, is_folder=is_folder):
                found |= 1 << form.number
        return found

    def _decide(self, direct: int, around: int) -> bool:
        """The last match counts, but to bring back a folder does not bring back a file that is left out by itself."""
        left_out = is_direct = False
        for number in range((direct | around).bit_length()):
            bit = 1 << number
            negated = bool(self._negated & bit)
            if direct & bit:
                left_out, is_direct = not negated, True
            elif around & bit and not (negated and is_direct):
                left_out = not negated
        return left_out


def is_negated(pattern: str) -> bool:
    """Whether a pattern brings back what others leave out; `!(a|b)` is a group instead."""
    return pattern.startswith("!") and not (pattern.startswith("!(") and closing(pattern, 1) is not None)


def split_path(text: str) -> list[str]:
    """The names of a pattern: what lies between `/` that stand in no bracket."""
    return list(_split(text))


def _split(text: str) -> Iterator[str]:
    start = at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "(" and (end := closing(text, at)) is not None and (at > start and text[at - 1] in "?*+@!"):
            at = end
        elif text[at] == "/":
            yield text[start:at]
            start = at + 1
        at += 1
    yield text[start:]


def _without_trailing_blanks(pattern: str) -> str:
    text = pattern.rstrip(" ")
    return f"{text} " if text.endswith("\\") and len(text) < len(pattern) else text


def _matches(chunks: tuple[tuple[Callable[[str], bool], ...], ...], parts: list[str], *, is_folder: bool) -> bool:
    """Between two `**` the first place at which a chunk fits is as good as any later one."""
    first = chunks[0]
    if len(chunks) == 1:
        return len(first) == len(parts) and _fits(first, parts, 0)
    last = chunks[-1]
    at, end = len(first), len(parts) - len(last)
    if at > end or not _fits(first, parts, 0) or not _fits(last, parts, end):
        return False
    for chunk in chunks[1:-1]:
        while at + len(chunk) <= end and not _fits(chunk, parts, at):
            at += 1
        if at + len(chunk) > end:
            return False
        at += len(chunk)
    # `tests/**` is what lies in the folder tests: a file of that name is not meant.
    return is_folder or bool(last) or at < len(parts)


def _fits(chunk: tuple[Callable[[str], bool], ...], parts: list[str], at: int) -> bool:
    return all(matches(parts[at + number]) for number, matches in enumerate(chunk))
