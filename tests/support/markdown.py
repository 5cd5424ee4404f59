"""Links and headings of Markdown pages, as GitHub and the site read them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_CODE_BLOCK = re.compile(r"^( *)(```+|~~~+)[^\n]*\n.*?^\1\2 *$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.*?) *$", re.MULTILINE)


def without_blocks(text: str) -> str:
    """A page without its fenced blocks."""
    return _CODE_BLOCK.sub("", text)


def anchors(text: str) -> list[str]:
    """The anchor of each heading of a page, in order."""
    found: list[str] = []
    uses: Counter[str] = Counter()
    for heading in _HEADING.findall(without_blocks(text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = (one for one in words if one in " -_" or unicodedata.category(one)[0] in "LN")
        slug = "".join(kept).replace(" ", "-")
        found.append(f"{slug}-{uses[slug]}" if uses[slug] else slug)
        uses[slug] += 1
    return found
