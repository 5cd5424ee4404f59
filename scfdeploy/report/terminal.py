"""Text for terminals: its width, and escapes for control characters from files and the cloud."""

from __future__ import annotations

import re

from scfdeploy.model.lazy_pattern import lazy_pattern

_UNSAFE = lazy_pattern(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, among them escape
    "\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"  # invisible, or changing the text direction
    "\ud800-\udfff"  # surrogates, which cannot be printed
    "]"
)


def safe(text: str) -> str:
    r"""`text` on one line, with control characters replaced by escapes such as `\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def safe_lines(text: str) -> list[str]:
    """The lines of `text`, each made safe, with tabs expanded and without empty lines at the end."""
    return [safe(line.expandtabs(4)) for line in text.rstrip().split("\n")]


# Characters that JSON allows, but that act on a terminal or (surrogates) cannot be encoded as UTF-8.
_TO_ESCAPE = lazy_pattern("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escape_json(text: str) -> str:
    """JSON without characters that act on a terminal; the same JSON to a parser."""
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if named is not None:
        return named
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def width(text: str) -> int:
    """The number of columns of `text`: two for each wide character, none for combining characters."""
    if text.isascii():
        return len(text)
    import unicodedata

    columns = 0
    for character in text:
        if unicodedata.east_asian_width(character) in "WF":
            columns += 2
        elif unicodedata.category(character) not in {"Mn", "Me", "Cf"}:
            columns += 1
    return columns


def pad(text: str, columns: int) -> str:
    """`text`, padded with spaces to `columns`."""
    return text + " " * (columns - width(text))


def clip(text: str, columns: int) -> str:
    """`text`, cut to `columns` with an ellipsis at its end."""
    if width(text) <= columns:
        return text
    clipped = ""
    for character in text:
        if width(clipped + character) > columns - 1:
            break
        clipped += character
    return clipped + "…"
