"""The texts of generated pages in both languages: those of the program, and those that only the pages have.

`zh_CN.po` beside this file has the latter; `scripts/update_translations.py` keeps both catalogues up to date.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from scfdeploy.cli.catalogue import read_catalogue
from scfdeploy.cli.language import translator
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import translation

FILE = Path(__file__).parent / "zh_CN.po"
"""The translations of texts that only generated pages have."""
_CHINESE_PAGES = Path(__file__).parents[2] / "docs" / "zh"
_LINK = re.compile(r"(?<=\]\()[^)#:\s]+\.md\b")


class PageText:
    """A text of a table that is filled before the language of the page is known."""

    def __init__(self, template: str, /, **values: object) -> None:
        self._template, self._values = template, values

    def __str__(self) -> str:
        return message(self._template, **self._values)


@contextmanager
def chinese() -> Iterator[None]:
    """Texts are Chinese until the end of the block."""
    of_pages, of_program = read_catalogue(str(FILE)), translator("zh")
    assert of_program is not None
    with translation(lambda text: of_pages.get(text) or of_program(text), "zh-CN"):
        yield


def with_chinese_links(page: str, text: str, generated: Container[str]) -> str:
    """The text of a Chinese page, with links to English pages where there is no Chinese one.

    `page` and `generated` are paths below docs/; the latter are pages that exist in Chinese because they are generated.
    """
    folder = posixpath.dirname(page)

    def target(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link[0]))
        has_chinese = path in generated or (_CHINESE_PAGES / path).exists()
        return link[0] if has_chinese else posixpath.relpath(path, f"zh/{folder}")

    return _LINK.sub(target, text)
