"""What is remembered of deployed code, so that its hash need not be asked for again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scfdeploy.model.value import Value


class CodeNote(NamedTuple):
    """That a function, last changed at `modified` with code of `size` bytes, had the code of this hash.

    `modified` is the cloud's own text. Notes are kept by the function's id, which no other function ever has.
    """

    modified: str
    size: int
    sha256: str

    def holds(self, facts: Mapping[str, Value]) -> bool:
        """Whether a function that shows these facts has that code still: each change of it moves its time."""
        return (facts.get("modified"), facts.get("codeSize")) == (self.modified, self.size)
