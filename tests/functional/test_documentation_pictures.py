"""The pictures of the documentation show what the commands show now."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.support.scripts import ROOT, load_script

SCRIPT = load_script("generate_pictures")
PICTURES = ROOT / "docs" / "pictures"
_TEXT = re.compile(r'<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def text_of(picture: Path) -> list[str]:
    """The lines of a picture, without colours."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in _TEXT.findall(picture.read_text(encoding="utf-8")):
        rows.setdefault(float(y), []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(parts)).rstrip() for _, parts in sorted(rows.items())]


@pytest.mark.parametrize("picture", SCRIPT.ALL, ids=lambda picture: picture.name)
def test_picture_shows_present_output(picture: object, tmp_path: Path) -> None:
    name = str(getattr(picture, "name"))  # noqa: B009 - the script is loaded by its path
    SCRIPT.draw(picture, tmp_path / name)

    now = text_of(tmp_path / f"{name}.svg")
    assert len(now) > 3
    assert text_of(PICTURES / f"{name}.svg") == now, "run: python scripts/generate_pictures.py"


def test_every_picture_is_drawn_by_the_script_and_loads_nothing() -> None:
    files = {file.stem: file.read_text(encoding="utf-8") for file in PICTURES.glob("*.svg")}

    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md")]
    assert [name for name in files if not any(f"pictures/{name}.svg" in page for page in pages)] == [], "unused"
    assert set(files) == {picture.name for picture in SCRIPT.ALL}
    assert [name for name, text in files.items() if "url(" in text.replace("url(#", "")] == []
