"""The reasons of changes, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.model import Value
from scfdeploy.plan.change import FieldChange
from scfdeploy.plan.diff.differences import CODE_PATH

_OWNERSHIP = ("owner", "tags.scfdeploy:")


def new() -> str:
    """The reason to create a resource."""
    return message("does not exist yet")


def same() -> str:
    """The reason to leave a resource unchanged."""
    return message("matches the configuration")


def unread() -> str:
    """The reason to leave a resource unchanged that was not read in full."""
    return message("not read: no change since the last apply")


def with_function() -> str:
    """The reason to create a resource that belongs to a new function."""
    return message("is created with its function")


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return join_messages("", names)
    return message("{names} and {last}", names=join_messages(", ", names[:-1]), last=names[-1])


def differing(fields: Iterable[FieldChange]) -> str:
    """The settings that differ, by their top-level names, and code with size and hash; empty for ownership tags."""
    relevant = [field for field in fields if not field.path.startswith(_OWNERSHIP)]
    names = list(dict.fromkeys(field.path.partition(".")[0] for field in relevant if field.path != CODE_PATH))
    clauses = []
    if names:
        clauses.append(
            message("{name} differs", name=names[0])
            if len(names) == 1
            else message("{names} differ", names=listed(names))
        )
    clauses += [
        message("code differs{details}", details=_code_details(field.after))
        for field in relevant
        if field.path == CODE_PATH
    ]
    return join_messages(message("; "), clauses)


def forcing(fields: Iterable[FieldChange]) -> str:
    """The settings that force a replacement."""
    names = [field.path for field in fields if field.forces_replace]
    return message("{names} cannot be changed in place", names=listed(names))


def joined(*clauses: str) -> str:
    """The clauses that are not empty, in one line."""
    return join_messages(message("; "), filter(None, clauses))


def _code_details(after: Value) -> str:
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
