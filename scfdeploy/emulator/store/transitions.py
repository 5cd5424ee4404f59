"""What comes about later: a version reaching its state, a function being gone. Plain data, kept with its due time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """`key` names a version (`region/namespace/function/version`) whose Status becomes `status`.

    With the status `Gone`, key names a version, or a function and with it all that it owns. `reason` is the message
    of a failed state.
    """

    key: str
    status: str
    reason: str = ""

    def to_text(self) -> str:
        """The form in the database."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Transition:
        """What `to_text` wrote."""
        return cls(**json.loads(text))
