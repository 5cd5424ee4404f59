"""Reproducible random draws: a function of a seed, the content of a call and how often it was made before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

_KEPT = 1 << 16
# Times and ids made by the server differ in every run, though the call is the same.
_PASSING = frozenset({"StartTime", "EndTime", "FunctionRequestId", "InvokeRequestId", "uploadId"})


class CallCounter:
    """Counts identical calls. The least recently made are dropped and count from 1 again."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._seen: dict[bytes, int] = {}

    def count(self, call: bytes) -> int:
        """How many times this call was made, including now."""
        seen = self._seen.pop(call, 0) + 1
        self._seen[call] = seen
        if len(self._seen) > self._kept:
            del self._seen[next(iter(self._seen))]
        return seen


def digest(product: str, action: str, content: Mapping[str, object]) -> bytes:
    """The digest of a call's content: equal for identical calls, whoever signed them and when."""
    asked = {name: value for name, value in content.items() if name not in _PASSING}
    text = json.dumps([product, action, asked], sort_keys=True, default=_fingerprint)
    return hashlib.sha256(text.encode()).digest()


def draw(seed: int, call: bytes, seen: int) -> float:
    """A number in [0, 1)."""
    mixed = hashlib.sha256(b"%d %d " % (seed, seen) + call).digest()
    # 53 bits are what a float holds: with more, 1 itself could come out.
    return (int.from_bytes(mixed[:8]) >> 11) / (1 << 53)


def _fingerprint(value: object) -> str:
    """The SHA-256 that replaces a body in a digest."""
    return hashlib.sha256(value if isinstance(value, bytes) else str(value).encode()).hexdigest()
