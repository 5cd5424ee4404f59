"""The XML of answers: elements of text, in which only what XML can hold is left as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def elements(fields: Mapping[str, str]) -> str:
    """An element for each field, one after the other."""
    return "".join(f"<{name}>{escape(_NOT_IN_XML.sub('?', text))}</{name}>" for name, text in fields.items())
