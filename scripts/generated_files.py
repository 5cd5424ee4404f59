"""Write a folder of generated files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def replace_files(folder: Path, ending: str, texts: Mapping[str, str]) -> None:
    """Write the text of each file, and remove the other files of the folder whose names have this ending."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"*{ending}"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
