"""The texts that translators get."""

from __future__ import annotations

from functools import cache

from scripts.extract_messages import templates


@cache
def translatable_texts() -> tuple[str, ...]:
    """Each text once, in the order of the catalogue. Reading them takes a second, so nothing does it on import."""
    return tuple(dict.fromkeys(found.text for found in templates()))
