"""Write the generated pages of docs/reference, and llms.txt: commands, keys, JSON documents, exit codes, local server.

Commands, keys and exit codes are written in Chinese too, to docs/zh/reference.

Run it from the root of the repository after a command, an option, a field or a document changed:
python scripts/generate_reference.py
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.reference.command_pages import command_files  # noqa: E402 - the scripts lie beside this one
from scripts.reference.document_page import document_page  # noqa: E402
from scripts.reference.emulator_page import emulator_page  # noqa: E402
from scripts.reference.exit_code_page import exit_code_page  # noqa: E402
from scripts.reference.key_pages import key_files  # noqa: E402
from scripts.reference.llms_text import llms_text  # noqa: E402
from scripts.reference.rule_pages import rule_files  # noqa: E402
from scripts.reference.texts import chinese, with_chinese_links  # noqa: E402

REFERENCE = Path("docs") / "reference"
CHINESE_REFERENCE = Path("docs") / "zh" / "reference"
_OWN_FOLDERS = ("commands", "keys")
"""Folders in which every page is generated."""


def reference_files() -> Mapping[str, str]:
    """The text of each file by its path in the repository."""
    english = {
        **_pages_in_both_languages(),
        "json-documents.md": document_page(),
        "emulator-api.md": emulator_page(),
    }
    with chinese():
        translated = _pages_in_both_languages()
    generated = {f"reference/{name}" for name in (*translated, *(f"rules/{name}" for name in rule_files()))}
    return {
        **{(REFERENCE / name).as_posix(): text for name, text in english.items()},
        **{
            (CHINESE_REFERENCE / name).as_posix(): with_chinese_links(f"reference/{name}", text, generated)
            for name, text in translated.items()
        },
    }


def _pages_in_both_languages() -> Mapping[str, str]:
    return {**command_files(), **key_files(), "exit-codes.md": exit_code_page()}


def stale_pages(files: Mapping[str, str]) -> list[Path]:
    """The generated pages of commands and keys that are gone."""
    folders = [ROOT / root / name for root in (REFERENCE, CHINESE_REFERENCE) for name in _OWN_FOLDERS]
    existing = [page for folder in folders for page in folder.glob("*.md")]
    return [page for page in existing if page.relative_to(ROOT).as_posix() not in files]


def main() -> None:
    """Write every file, and remove stale pages."""
    files = reference_files()
    for page in stale_pages(files):
        page.unlink()
    for name, text in files.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # Last, because it lists the pages that exist.
    (ROOT / "llms.txt").write_text(llms_text(), encoding="utf-8")
    print(f"{len(files)} pages in {REFERENCE} and {CHINESE_REFERENCE}, and llms.txt")


if __name__ == "__main__":
    main()
