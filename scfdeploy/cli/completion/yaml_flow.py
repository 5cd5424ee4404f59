"""Values of YAML in braces or brackets that end on their line, such as `{name: orders, retry: [1, 2]}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
_MAX_DEPTH = 20
_OPENING = {"{": "}", "[": "]"}


def flow_entries(text: str, path: Path) -> list[tuple[Path, str]] | None:
    """The value at each path below `path`; None for a text that does not end on its line or is not understood."""
    try:
        reader = _Reader(text)
        found = list(reader.value(path))
    except (IndexError, ValueError):
        return None
    rest = text[reader.at :].strip(" ")
    return found if not rest or rest.startswith("#") else None


class _Reader:
    """Reads from `at`. IndexError at the end of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def value(self, path: Path) -> Iterator[tuple[Path, str]]:
        """A mapping, a list or a scalar; yields entries below `path`, and a scalar at `path`."""
        closing = _OPENING.get(self._next())
        if closing is None:
            yield path, self._scalar(",]}")
            return
        if len(path) > _MAX_DEPTH:
            raise ValueError
        self.at += 1
        index = 0
        while self._next() != closing:
            if closing == "}":
                key = self._scalar(":,}")
                inner: Path = (*path, key)
                yield inner, ""
                if self._next() == ":":
                    self.at += 1
                    if self._next() not in ",}":
                        yield from self.value(inner)
            else:
                yield from self.value((*path, index))
                index += 1
            if self._next() == ",":
                self.at += 1
        self.at += 1

    def _next(self) -> str:
        """The next character that is no space."""
        while self._text[self.at] == " ":
            self.at += 1
        return self._text[self.at]

    def _scalar(self, ends: str) -> str:
        start = self.at
        quote = self._next()
        if quote in "'\"":
            end = self._text.index(quote, self.at + 1)
            text = self._text[self.at + 1 : end]
            if "\\" in text:
                raise ValueError
            self.at = end + 1
            if self._next() not in ends:
                raise ValueError
            return text
        while self._text[self.at] not in ends:
            # `${…}` has braces of its own.
            is_variable = self._text.startswith("${", self.at)
            self.at = self._text.index("}", self.at) + 1 if is_variable else self.at + 1
        if self.at == start:
            raise ValueError
        return self._text[start : self.at].strip(" ")
