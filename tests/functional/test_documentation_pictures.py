"""The pictures of the documentation show what the commands show now."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.preloaded_command import program_text
from tests.support.scripts import load_script

SCRIPT = load_script("generate_pictures")
PICTURES: Mapping[str, Path] = SCRIPT.PICTURES
_TEXT = re.compile(r'<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def text_of(picture: Path) -> list[str]:
    """The lines of a picture, without colours."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in _TEXT.findall(picture.read_text(encoding="utf-8")):
        rows.setdefault(float(y), []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(parts)).rstrip() for _, parts in sorted(rows.items())]


@pytest.mark.parametrize("language", PICTURES)
@pytest.mark.parametrize("picture", SCRIPT.ALL, ids=lambda picture: picture.name)
def test_picture_shows_present_output(picture: object, language: str, tmp_path: Path) -> None:
    name = str(getattr(picture, "name"))  # noqa: B009 - the script is loaded by its path
    SCRIPT.draw(picture, language, tmp_path / name, program_text())

    now = text_of(tmp_path / f"{name}.svg")
    assert len(now) > 3
    assert text_of(PICTURES[language] / f"{name}.svg") == now, "run: python scripts/generate_pictures.py"


@pytest.mark.parametrize("language", PICTURES)
def test_every_picture_is_drawn_by_the_script_and_loads_nothing(language: str) -> None:
    folder = PICTURES[language]
    files = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.svg")}

    pages = [page.read_text(encoding="utf-8") for page in folder.parent.rglob("*.md")]
    assert [name for name in files if not any(f"pictures/{name}.svg" in page for page in pages)] == [], "unused"
    assert set(files) == {picture.name for picture in SCRIPT.ALL}
    assert [name for name, text in files.items() if "url(" in text.replace("url(#", "")] == []
