"""How text looks: colours as a few ANSI codes, because a table of colours must not cost start-up time."""

from __future__ import annotations

from typing import NamedTuple

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class TextStyle(NamedTuple):
    """Where text is going: whether it may be coloured, and how many columns there are."""

    color: bool = False
    width: int = 80

    def paint(self, text: str, *styles: str) -> str:
        """`text` in these styles (`bold`, `dim` or a colour), or as it is without colour."""
        if not self.color or not text:
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"
