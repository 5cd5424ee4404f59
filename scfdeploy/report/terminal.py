"""Text as a terminal shows it: how wide it is, and made harmless when it comes from a file or from the cloud."""

from __future__ import annotations

import re

from scfdeploy.model.lazy_pattern import lazy_pattern

_UNSAFE = lazy_pattern(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, among them escape
    "\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"  # unseen, or turning the direction of the line
    "\ud800-\udfff"  # halves of a character: printing one fails
    "]"
)


def safe(text: str) -> str:
    r"""One line of `text` in which nothing acts on the terminal: what would is shown as an escape such as `\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_shown, text)


def safe_lines(text: str) -> list[str]:
    """The lines of `text`, each made harmless, tabs as blanks. Blank lines at the end are dropped."""
    return [safe(line.expandtabs(4)) for line in text.rstrip().split("\n")]


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if named is not None:
        return named
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def width(text: str) -> int:
    """How many columns of a terminal `text` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    import unicodedata  # only text beyond ASCII needs it

    columns = 0
    for character in text:
        if unicodedata.east_asian_width(character) in "WF":
            columns += 2
        elif unicodedata.category(character) not in {"Mn", "Me", "Cf"}:
            columns += 1
    return columns


def pad(text: str, columns: int) -> str:
    """`text` with blanks after it, to fill `columns`."""
    return text + " " * (columns - width(text))


def clip(text: str, columns: int) -> str:
    """`text`, cut with an ellipsis at its end when it is wider than `columns`."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept + "…"
