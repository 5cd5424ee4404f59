"""The secrets that one run came to know, and text without them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.model.secret_names import looks_secret
from scfdeploy.model.secret_text import STARS, without_secrets


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHORTEST = 4
"""Shorter secrets would put stars all over the output; the values that hold them are hidden as values."""
_ANYWHERE = 8
"""Shorter ones count only where they stand alone, as whole words."""
_PREFIX = 6
_PLAIN_WORD = lazy_pattern(r"[A-Za-z]+\Z|[0-9.,_-]+\Z|[a-z]{2}-[a-z]+(-[0-9])?\Z", re.ASCII)
_SEPARATOR = lazy_pattern(r"[,;|\s]+")
_CUT = "…"
_PLAIN = frozenset((int, float, bool, type(None)))
_LONGEST_NOTED = 200
_MOST_NOTED = 1000
# What programs compare these with are fixed words.
_FIXED = _words(
    """
    address command action status severity rule code kind state requestId requestIds format type ruleId level
    """
)
# What has these keys comes from functions and their events, and no word of it is fixed.
_FROM_FUNCTIONS = _words("body result")
_NONE: frozenset[str] = frozenset()


class KnownSecrets:
    """Collects the texts of secrets as they are read. Printing it shows none of them."""

    __slots__ = ("_finder", "_private", "_strong", "_visible", "_weak")

    def __init__(self) -> None:
        self._strong: dict[str, None] = {}
        self._weak: dict[str, None] = {}
        self._visible: set[str] = set()
        self._private: dict[str, str] = {}
        self._finder: _Finder | None = None

    def __repr__(self) -> str:
        return f"KnownSecrets({STARS})"

    def clear(self) -> None:
        """Forget all: another run begins."""
        self.__init__()  # type: ignore[misc]

    def add(self, text: str) -> None:
        """A text that is a secret."""
        if text and text not in self._strong:
            self._strong[text] = None
            self._finder = None

    def add_private(self, text: str) -> None:
        """A text from a file of private settings, under a name that says nothing.

        Plain words and numbers of such files (`debug`, `8080`) are hidden as values, and not wherever else they stand.
        """
        if text and text not in self._weak and not _PLAIN_WORD.match(text):
            self._weak[text] = None
            self._finder = None

    def keep_visible(self, texts: Iterable[str]) -> None:
        """Texts that must stay visible, such as names of functions; a part of one is not redacted."""
        self._visible.update(texts)
        self._finder = None

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
        return next(self._find().spans(text), None) is not None

    def redact(self, text: str) -> str:
        """The text with stars in place of the secrets, known ones and what looks like one, in any usual encoding."""
        finder = self._find()
        if text in finder.harmless:
            return text
        shown = finder.starred(text)
        if _CUT in shown:
            parts = shown.split(_CUT)
            shown = _CUT.join(
                finder.without_cut(part, begins_cut=at > 0, ends_cut=at < len(parts) - 1)
                for at, part in enumerate(parts)
            )
        shown = without_secrets(shown)
        if shown == text:
            finder.note_harmless(text)
        return shown

    def redact_document(self, value: Any) -> Any:
        """The same for data of a JSON document. Words that programs compare stay."""
        return self._redact_data(value, _FIXED)

    def _redact_data(self, value: Any, fixed: frozenset[str]) -> Any:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, dict | Mapping):
            harmless = self._find().harmless
            # Most values are numbers and known words; a document may have millions of them.
            return {
                key: part
                if type(part) in _PLAIN or key in fixed or (type(part) is str and part in harmless)
                else self._redact_data(part, _NONE if key in _FROM_FUNCTIONS else fixed)
                for key, part in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._redact_data(part, fixed) for part in value]
        return value

    def _shown(self) -> Iterator[str]:
        for text in (*self._strong, *self._weak):
            if len(text) >= _SHORTEST and not any(text in visible for visible in self._visible):
                yield text

    def _find(self) -> _Finder:
        if self._finder is None:
            self._finder = _Finder(tuple(self._shown()))
        return self._finder


class _Finder:
    """Finds secrets in text, in time that grows with the text and not with the number of secrets.

    Every form is looked up by its first characters: an alternation of all of them would be tried at every position.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.harmless: set[str] = set()
        """Some texts without a secret: documents repeat their words."""
        self._forms = {form for text in secrets for form in _forms(text)}
        lengths: dict[str, set[int]] = {}
        for form in self._forms:
            lengths.setdefault(form[:_SHORTEST], set()).add(len(form))
        self._lengths = {beginning: sorted(found, reverse=True) for beginning, found in lengths.items()}
        lines = {line for text in secrets for line in _lines(text) if len(line) > _PREFIX}
        self._lines = sorted(lines)
        self._reversed = sorted(line[::-1] for line in lines)

    def starred(self, text: str) -> str:
        """The text with stars in place of known secrets that are not cut off."""
        return _starred(text, self.spans(text)) if self._forms else text

    def note_harmless(self, text: str) -> None:
        """Remember that a text has no secret."""
        if len(text) <= _LONGEST_NOTED:
            if len(self.harmless) >= _MOST_NOTED:
                self.harmless.clear()
            self.harmless.add(text)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where secrets stand, from left to right, the longest at each place."""
        if not self._forms:
            return
        after = 0
        for at in range(len(text) - _SHORTEST + 1):
            if at < after or (lengths := self._lengths.get(text[at : at + _SHORTEST])) is None:
                continue
            for length in lengths:
                if text[at : at + length] in self._forms and _counts(length, text, at):
                    after = at + length
                    yield at, after
                    break

    def without_cut(self, part: str, *, begins_cut: bool, ends_cut: bool) -> str:
        """A piece of text between ellipses, without the beginnings and ends of secrets that these cut off."""
        if ends_cut and (size := _longest_overlap(part, self._lines)):
            part = part[:-size] + STARS
        if begins_cut and (size := _longest_overlap(part[::-1], self._reversed)):
            part = STARS + part[size:]
        return part


def _longest_overlap(part: str, lines: Sequence[str]) -> int:
    """How many characters at the end of `part` begin one of the sorted `lines`; 0 where they are too few to count."""
    longest = max(map(len, lines), default=0)
    for at in range(max(len(part) - longest, 0), len(part) - _PREFIX + 1):
        end = part[at:]
        place = bisect_left(lines, end)
        if place < len(lines) and lines[place].startswith(end):
            return len(end)
    return 0


def _starred(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    after = 0
    for begin, end in spans:
        pieces += (text[after:begin], STARS)
        after = end
    return "".join([*pieces, text[after:]]) if pieces else text


def _counts(length: int, text: str, at: int) -> bool:
    """Whether a short secret is a whole word; a longer one is redacted anywhere."""
    if length >= _ANYWHERE:
        return True
    end = at + length
    return not (at and _is_word(text[at - 1])) and not (end < len(text) and _is_word(text[end]))


def _is_word(character: str) -> bool:
    return character == "_" or (character.isascii() and character.isalnum())


def _lines(text: str) -> Iterator[str]:
    yield text
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _ANYWHERE)
    items = _SEPARATOR.split(text)
    if len(items) > 1:
        yield from (item for item in items if len(item) >= _ANYWHERE and not _PLAIN_WORD.match(item))


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
