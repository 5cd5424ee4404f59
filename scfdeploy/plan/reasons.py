"""The reasons of changes, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scfdeploy.model import Value
from scfdeploy.plan.change import FieldChange
from scfdeploy.plan.diff.differences import CODE_PATH

NEW = "does not exist yet"
SAME = "matches the configuration"
_MARK = ("owner", "tags.scfdeploy:")


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def differing(fields: Iterable[FieldChange]) -> str:
    """What differs: settings by the first word of their paths, code with its size and hash. Nothing for the mark."""
    found = [field for field in fields if not field.path.startswith(_MARK)]
    names = list(dict.fromkeys(field.path.partition(".")[0] for field in found if field.path != CODE_PATH))
    parts = [f"{listed(names)} {'differs' if len(names) == 1 else 'differ'}"] if names else []
    parts += [f"code differs{_told(field.after)}" for field in found if field.path == CODE_PATH]
    return "; ".join(parts)


def forcing(fields: Iterable[FieldChange]) -> str:
    """Which settings force a replacement."""
    names = [field.path for field in fields if field.forces_replace]
    return f"{listed(names)} cannot be changed in place"


def joined(*parts: str) -> str:
    """The parts that say something, as one line."""
    return "; ".join(part for part in parts if part)


def _told(after: Value) -> str:
    match after:
        case {"bucket": bucket, "object": name}:
            return f" ({bucket}/{str(name).lstrip('/')})"
        case {"sha256": digest, "size": size}:
            return f" ({_size(size)}, sha256 {str(digest)[:8]}…)"
    return ""


def _size(value: Value) -> str:
    number = float(value) if isinstance(value, int | float) else 0.0
    if number < 1024:
        return f"{number:.0f} B"
    return f"{number / 1024:.1f} KB" if number < 1024**2 else f"{number / 1024**2:.1f} MB"
