"""The words of a file that its text is shown without: what a message quotes of a file that cannot be read.

Of a file that can be read its tree tells which values are secrets. Here lines are all there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.model.redaction import lines_without_secrets, split_lines

_MOST_WORDS = 1000
_LONGEST = 1000
"""Messages quote the beginning of a text that is longer."""
_WORD = re.compile(r"""[^\s"'{}\[\],:=&*!%@#|>?：]{4,}""")
_AROUND = " \t\"'{}[],:=&*!%@#|>?`-"


def hidden_words(text: str) -> tuple[str, ...]:
    """Each hidden part of a line as a whole, and its single words."""
    found: dict[str, None] = {}
    for was, shown in zip(split_lines(text), lines_without_secrets(text), strict=True):
        if was == shown:
            continue
        for part in _hidden_parts(was, shown):
            for word in (part.strip(_AROUND), *_WORD.findall(part)):
                found.setdefault(word[:_LONGEST])
            if len(found) >= _MOST_WORDS:
                return tuple(found)
    return tuple(found)


def _hidden_parts(was: str, shown: str) -> Iterator[str]:
    for stars in re.finditer(r"\*+", shown):
        part = was[stars.start() : stars.end()]
        if part != stars.group():
            yield part
