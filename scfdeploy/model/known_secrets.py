"""The secrets that one run came to know, and text without them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from scfdeploy.model.secret_names import looks_secret
from scfdeploy.model.secret_text import STARS, without_secrets


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHORTEST = 4
"""Shorter secrets would put stars all over the output; the values that hold them are hidden as values."""
_ANYWHERE = 8
"""Shorter ones count only where they stand alone, as whole words."""
_PREFIX = 6
_PLAIN_WORD = re.compile(r"[A-Za-z]+\Z|[0-9.,_-]+\Z|[a-z]{2}-[a-z]+(-[0-9])?\Z", re.ASCII)
_CUT = "…"
# What programs compare these with are fixed words.
_FIXED = _words(
    """
    address command action status severity rule code kind state requestId requestIds format type ruleId level
    """
)


class KnownSecrets:
    """Collects the texts of secrets as they are read. Printing it shows none of them."""

    __slots__ = ("_pattern", "_private", "_strong", "_visible", "_weak")

    def __init__(self) -> None:
        self._strong: dict[str, None] = {}
        self._weak: dict[str, None] = {}
        self._visible: set[str] = set()
        self._private: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"KnownSecrets({STARS})"

    def clear(self) -> None:
        """Forget all: another run begins."""
        self.__init__()  # type: ignore[misc]

    def add(self, text: str) -> None:
        """A text that is a secret."""
        if text and text not in self._strong:
            self._strong[text] = None
            self._pattern = None

    def add_private(self, text: str) -> None:
        """A text from a file of private settings, under a name that says nothing.

        Plain words and numbers of such files (`debug`, `8080`) are hidden as values, and not wherever else they stand.
        """
        if text and text not in self._weak and not _PLAIN_WORD.match(text):
            self._weak[text] = None
            self._pattern = None

    def keep_visible(self, texts: Iterable[str]) -> None:
        """Texts that have to be shown, such as names of functions: what is part of one of them is no secret."""
        self._visible.update(texts)
        self._pattern = None

    def note_private(self, values: Mapping[str, str]) -> None:
        """What a file of private settings says, by name."""
        self._private.update(values)
        for name, text in values.items():
            if looks_secret(name):
                self.add(text)
            else:
                self.add_private(text)

    def is_private(self, name: str, value: str) -> bool:
        """Whether a variable has its value from a file of private settings."""
        return self._private.get(name) == value

    def occur_in(self, text: str) -> bool:
        """Whether one of them is in a text."""
        pattern = self._compiled()
        return pattern is not None and pattern.search(text) is not None

    def redact(self, text: str) -> str:
        """The text with stars in place of the secrets, known ones and what looks like one, in any usual encoding."""
        pattern = self._compiled()
        if pattern is not None:
            text = pattern.sub(STARS, text)
            if _CUT in text:
                text = self._without_cut(text)
        return without_secrets(text)

    def redact_document(self, value: Any) -> Any:
        """The same for data of a JSON document. Words that programs compare stay."""
        match value:
            case str():
                return self.redact(value)
            case Mapping():
                return {key: part if key in _FIXED else self.redact_document(part) for key, part in value.items()}
            case list() | tuple():
                return [self.redact_document(part) for part in value]
        return value

    def _shown(self) -> Iterator[str]:
        for text in (*self._strong, *self._weak):
            if len(text) >= _SHORTEST and not any(text in visible for visible in self._visible):
                yield text

    def _compiled(self) -> re.Pattern[str] | None:
        if self._pattern is None:
            forms = {form for text in self._shown() for form in _forms(text)}
            if not forms:
                return None
            self._pattern = re.compile("|".join(map(_as_pattern, sorted(forms, key=lambda form: (-len(form), form)))))
        return self._pattern

    def _without_cut(self, text: str) -> str:
        """Without the beginnings and ends of secrets that an ellipsis cut off."""
        longer = [line for known in self._shown() for line in _lines(known) if len(line) > _PREFIX]
        parts = text.split(_CUT)
        for at in range(len(parts)):
            for line in longer:
                if at < len(parts) - 1 and (
                    cut := _overlap(parts[at], line, lambda one, size: one[:size], str.endswith)
                ):
                    parts[at] = parts[at][:-cut] + STARS
                if at and (cut := _overlap(parts[at], line, lambda one, size: one[-size:], str.startswith)):
                    parts[at] = STARS + parts[at][cut:]
        return _CUT.join(parts)


def _overlap(part: str, line: str, piece: Callable[[str, int], str], fits: Callable[[str, str], bool]) -> int:
    """How many characters of `line` the part begins or ends with, where they are enough to count; else 0."""
    longest = min(len(part), len(line))
    return next((size for size in range(longest, _PREFIX - 1, -1) if fits(part, piece(line, size))), 0)


def _lines(text: str) -> Iterator[str]:
    yield text
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _ANYWHERE)


def _forms(text: str) -> Iterator[str]:
    """The text and its single lines as they are, and as JSON, URLs, XML, shells and base64 write them."""
    for line in _lines(text):
        yield line
        yield from _escaped(line)
        if len(line) >= _ANYWHERE:
            yield from _in_base64(line)


def _escaped(text: str) -> Iterator[str]:
    if text.isalnum() and text.isascii():
        return
    import json
    from html import escape
    from urllib.parse import quote, quote_plus

    yield json.dumps(text)[1:-1]
    in_json = json.dumps(text, ensure_ascii=False)[1:-1]
    yield in_json
    yield json.dumps(in_json, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]
    yield escape(text)
    yield escape(text, quote=False)
    yield text.replace("'", "'\"'\"'")
    yield text.replace("%", "%25")
    try:
        yield quote(text)
        yield quote(text, safe="")
        yield quote_plus(text)
    except UnicodeEncodeError:
        return  # halves of a character have no such form


def _in_base64(text: str) -> Iterator[str]:
    """As base64 has it, wherever it begins within a longer text."""
    import base64

    content = text.encode("utf-8", "surrogatepass")
    for ahead in range(3):
        encoded = base64.b64encode(b"\0" * ahead + content).decode()
        first = (0, 2, 3)[ahead]
        last = len(encoded.rstrip("=")) - (1 if encoded.endswith("=") else 0)
        inner = encoded[first:last]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")


def _as_pattern(form: str) -> str:
    escaped = re.escape(form)
    return escaped if len(form) >= _ANYWHERE else rf"(?<![A-Za-z0-9_]){escaped}(?![A-Za-z0-9_])"
