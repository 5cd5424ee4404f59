"""Copy the code blocks of README.md, the tutorial, the how-to guides and other pages into their Chinese pages.

Commands, files and output are the same in both languages. A page whose blocks differ in number needs a translator; it
is named and left alone.

Run it from the root of the repository after a block of an English page changed:
python scripts/update_chinese_pages.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TRANSLATED = ("tutorial", "how-to")
GENERATED = ("commands", "keys", "rules", "exit-codes.md")
"""The names of folders, and of a page, of docs/zh/reference that are generated."""
_BLOCK = re.compile(
    r"^(?:<!-- test: (?:(?!-->).)*-->\n+)*(?P<indent> *)(?P<fence>```+)[^\n]*\n.*?^(?P=indent)(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
"""A fenced block, with the comments before it that say how tests run it."""


def pages(root: Path = ROOT) -> dict[Path, Path]:
    """The Chinese page of each English page that has to have one, or has one."""
    docs, chinese = root / "docs", root / "docs" / "zh"
    english = [docs / "index.md", *(page for folder in TRANSLATED for page in sorted((docs / folder).rglob("*.md")))]
    others = (docs / page.relative_to(chinese) for page in sorted(chinese.rglob("*.md")) if not is_generated(page))
    english += [page for page in others if page not in english and page.exists()]
    return {root / "README.md": root / "README.zh-CN.md"} | {page: chinese / page.relative_to(docs) for page in english}


def is_generated(page: Path) -> bool:
    """Whether a script writes the page in both languages."""
    return page.parent.name in GENERATED or page.name in GENERATED


def blocks(text: str) -> list[str]:
    """The fenced blocks of a page."""
    return [found[0] for found in _BLOCK.finditer(text)]


def prose(text: str) -> str:
    """A page without its fenced blocks and comments."""
    return re.sub(r"<!--.*?-->", "", _BLOCK.sub("", text), flags=re.DOTALL)


def updated(english: str, chinese: str) -> str:
    """The Chinese page with the blocks of the English one; ValueError if their numbers differ."""
    copies = blocks(english)
    if len(blocks(chinese)) != len(copies):
        raise ValueError(f"{len(blocks(chinese))} blocks; the English page has {len(copies)}")
    rest = iter(copies)
    return _BLOCK.sub(lambda _: next(rest), chinese)


def main() -> int:
    """Update every page that can be updated; 1 if a page needs a translator."""
    failed = 0
    for english, chinese in pages().items():
        name = chinese.relative_to(ROOT)
        if not chinese.exists():
            print(f"{name}: does not exist", file=sys.stderr)
            failed = 1
            continue
        old = chinese.read_text(encoding="utf-8")
        try:
            new = updated(english.read_text(encoding="utf-8"), old)
        except ValueError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
            continue
        if new != old:
            chinese.write_text(new, encoding="utf-8")
            print(f"updated {name}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
