"""Text for terminals: its width, and escapes for control characters from files and the cloud."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.model.lazy_pattern import lazy_pattern

_UNSAFE = lazy_pattern(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, among them escape
    "\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff"  # invisible, or changing the text direction
    "\ud800-\udfff"  # surrogates, which cannot be printed
    "]"
)


_CODES = lazy_pattern("\x1b\\[[0-9;]*m")
_RESET = "\x1b[0m"


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


def visible_width(text: str) -> int:
    """The number of columns of a text with the codes of styles, which take none."""
    return width(_CODES.sub("", text) if "\x1b" in text else text)


def gap_after(label: str) -> str:
    """The space after a label; none after a wide character, such as a Chinese colon."""
    return "" if not label.isascii() and width(label[-1]) > 1 else " "


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


_WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\uffdc"
_OPENING = "(\\[\u2018\u201c\u300a\u300c\uff08"
_CLOSING = "\u2019\u201d\u3001\u3002\u300b\u300d\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
_PIECES = lazy_pattern(
    f"\x1b\\[[0-9;]*m| +|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|[{_OPENING}]*[^ \x1b{_WIDE}{_OPENING}]+[{_CLOSING}]*|."
)
"""The codes of a style, spaces, and wide characters and words with the punctuation around them."""


def wrap(text: str, columns: int, *, hanging: int = 0) -> list[str]:
    """`text` in lines of at most `columns`, those after the first shorter by `hanging`.

    It is broken at spaces and between wide characters. A word that is longer stays whole, so that URLs and paths can be
    copied. The codes of styles take no columns.
    """
    if len(text) <= columns and text.isascii():
        return [text]
    lines: list[str] = []
    line, chunk, spaces = "", "", ""
    used = chunk_width = 0

    def flush() -> None:
        nonlocal line, chunk, spaces, used, chunk_width
        if line and used + len(spaces) + chunk_width > columns - (hanging if lines else 0):
            lines.append(line)
            line, used = chunk, chunk_width
        else:
            line, used = f"{line}{spaces}{chunk}", used + len(spaces) + chunk_width
        chunk, chunk_width, spaces = "", 0, ""

    for piece in _PIECES.findall(text):
        if piece[0] == "\x1b":
            chunk += piece
        elif piece[0] == " ":
            flush()
            spaces = piece
        else:
            is_wide = not piece.isascii() and any(width(character) > 1 for character in piece)
            if is_wide and chunk_width:
                flush()
            chunk, chunk_width = chunk + piece, chunk_width + width(piece)
            if is_wide:
                flush()
    flush()
    return [*lines, line]


def carry_style(lines: Sequence[str]) -> list[str]:
    """Lines of one text, each with the codes of the style in which the line before ended."""
    result = []
    active = ""
    for line in lines:
        styled = active + line
        codes = _CODES.findall(styled)
        active = codes[-1] if codes and codes[-1] != _RESET else ""
        result.append(styled + _RESET if active else styled)
    return result


def break_word(text: str, columns: int) -> list[str]:
    """`wrap`, with longer words broken too: after a separator if there is one, else anywhere."""
    lines: list[str] = []
    for line in wrap(text, columns):
        rest = line
        while width(rest) > columns:
            head = clip(rest, columns + 1)[:-1]
            cut = max((head.rfind(mark) + 1 for mark in "/-_.,"), default=0)
            head = head[:cut] if cut > columns // 2 else head
            lines.append(head)
            rest = rest[len(head) :]
        lines.append(rest)
    return lines


def flow(items: Sequence[str], columns: int, *, most_lines: int) -> tuple[list[str], int]:
    """Lines of items with commas between them, at most so many; and the number of items that did not fit."""
    lines: list[str] = []
    line = ""
    for number, item in enumerate(items):
        longer = f"{line}, {item}" if line else item
        if line and width(longer) >= columns:
            lines.append(f"{line},")
            longer = item
            if len(lines) >= most_lines:
                lines[-1] = line
                return lines, len(items) - number
        line = longer
    return ([*lines, line] if line else lines), 0
