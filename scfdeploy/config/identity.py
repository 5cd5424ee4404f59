"""Names of app, stage and instance as marks: what they may hold that is to be found again on every resource."""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.facts import limit


def check_mark(key: str, text: str, place: Span | None, diagnostics: Diagnostics) -> None:
    """Report a name that no mark can hold. None is the place of an option."""
    if text != text.strip():
        diagnostics.error(
            "identity-form",
            place,
            "Name with a space at its end",
            detail=f'"{key}" is "{text}": a space at the start or the end makes it another name.'
            if text.strip()
            else f'"{key}" is "{text}", which holds spaces only.',
            hint=f'Write "{text.strip()}".' if text.strip() else "Write a name, or remove the key to take its default.",
        )
        return
    most = limit("tags.value.max_chars")
    # A tag takes a slash too; where there are no tags, it stands between the parts of the mark.
    if len(text) <= most and re.fullmatch(r"[\w +\-=.:@]*", text) is not None:
        return
    diagnostics.error(
        "identity-form",
        place,
        "Name that no mark can hold",
        detail=f'"{key}" is "{text}". It becomes a tag of every resource, to tell whose it is: up to {most} letters, '
        "digits, blanks and + - = . _ : @.",
        hint="Choose another name.",
    )
