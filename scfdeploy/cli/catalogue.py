"""Reads a catalogue of translations: a PO file as `scripts/update_translations.py` writes it."""

from __future__ import annotations

import re

_ENTRY = re.compile(r'^msgid (".*"(?:\n".*")*)\nmsgstr (".*"(?:\n".*")*)$', re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)")
_CONTROL_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r"}


def read_catalogue(path: str) -> dict[str, str]:
    """The translation of each text that has one.

    Nearly as quick as the module gettext with a compiled catalogue, so that there is no second file to keep up to date.
    """
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        entries = _ENTRY.findall(file.read())
    translations = {_text(original): _text(translation) for original, translation in entries}
    return {original: translation for original, translation in translations.items() if original and translation}


def _text(literals: str) -> str:
    """The text of literals on consecutive lines. Line ends inside of a text are escaped."""
    text = literals[1:-1].replace('"\n"', "")
    return _ESCAPE.sub(lambda match: _CONTROL_CHARACTERS.get(match[1], match[1]), text) if "\\" in text else text
