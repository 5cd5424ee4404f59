"""Bring the translations up to date: take new texts into the catalogues, and drop old ones.

`scfdeploy/translations/zh_CN.po` has the texts of the program, and `scripts/reference/zh_CN.po` those that only
generated pages of the documentation have.

Run it from the root of the repository after a text for users changed, translate the entries that it lists, and run it
again: python scripts/update_translations.py

With --check it writes nothing, and fails if something is to be done.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.extract_messages import Template, extracted, templates, templates_of_pages  # noqa: E402

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

FILE = ROOT / "scfdeploy" / "translations" / "zh_CN.po"
CATALOGUES: Mapping[Path, Callable[[], Iterable[Template]]] = {
    FILE: templates,
    ROOT / "scripts" / "reference" / "zh_CN.po": templates_of_pages,
}
"""The texts of each catalogue."""
HEADERS = {
    "Project-Id-Version": "scfdeploy",
    "Language": "zh_CN",
    "Plural-Forms": "nplurals=1; plural=0;",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}
MARKS = re.compile(r"\{[a-z_][a-z0-9_.]*\}")
"""Placeholders, and those of tables of limits such as `{layers.max}`."""
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def read(path: Path = FILE) -> Catalog:
    """The translations as they are."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        found = read_po(file, locale="zh_CN")
    made = _empty()
    for entry in found:
        if entry.id:
            made.add(entry.id, entry.string, locations=entry.locations, flags=entry.flags)
    return made


def updated(path: Path = FILE) -> Catalog:
    """The translations of all present texts, in the order of the code; those of new texts are empty."""
    translations, made = read(path), _empty()
    for entry in extracted(CATALOGUES[path]()):
        if entry.id:
            known = translations.get(entry.id)
            locations = [(file, None) for file in dict.fromkeys(file for file, _ in entry.locations)]
            made.add(entry.id, known.string if known else "", locations=locations, flags=entry.flags)
    return made


def _empty() -> Catalog:
    from babel.messages.catalog import Catalog

    class Translations(Catalog):
        """Without headers that name dates and versions, which would change the files at every update."""

        mime_headers = property(lambda _: list(HEADERS.items()))

    comment = "# Messages of scfdeploy in Simplified Chinese."
    return Translations(locale="zh_CN", header_comment=comment, fuzzy=False)


def file_content(catalogue: Catalog) -> bytes:
    """The catalogue as a PO file. Line numbers would change with every commit."""
    from babel.messages.pofile import write_po

    stream = io.BytesIO()
    write_po(stream, catalogue, width=0, include_lineno=False)
    return stream.getvalue()


def problems(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with each translation: it is missing, or its placeholders or its code differ."""
    for entry in catalogue:
        if not entry.id:
            continue
        original, text = str(entry.id), str(entry.string or "")
        if not text.strip():
            yield f"not translated: {original!r}"
        elif sorted(MARKS.findall(original)) != sorted(MARKS.findall(text)):
            yield f"other placeholders: {original!r}: {text!r}"
        elif sorted(CODE.findall(original)) != sorted(CODE.findall(text)):
            yield f"other code in backquotes: {original!r}: {text!r}"
        elif _ends(original) != _ends(text):
            yield f"other spaces or line ends around it: {original!r}: {text!r}"


def _ends(text: str) -> tuple[str, str]:
    """Line ends before and after a text; a space may be left out where Chinese needs none."""
    return text[: len(text) - len(text.lstrip("\n"))], text[len(text.rstrip("\n")) :]


def main(arguments: Sequence[str] | None = None) -> int:
    """Update, or check. The exit code is 1 if translations are to be written or corrected."""
    parser = argparse.ArgumentParser(description="Bring the translations up to date.")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if something is to be done")
    is_check = parser.parse_args(arguments).check
    found, number = [], 0
    for path in CATALOGUES:
        catalogue = updated(path)
        number += len(catalogue)
        found += problems(catalogue)
        content = file_content(catalogue)
        if path.read_bytes() == content:
            continue
        if is_check:
            found.append(f"{path.relative_to(ROOT)} is not up to date")
        else:
            path.write_bytes(content)
    print("\n".join(found) or f"{number} texts, all translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
