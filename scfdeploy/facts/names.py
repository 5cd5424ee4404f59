"""The form of names, where more than one place has to know it."""

from __future__ import annotations

import re

from scfdeploy.facts.limits import limit


def is_alias_name(name: str) -> bool:
    """Whether an alias can be called so. `$DEFAULT` is the one that every function has."""
    if name == "$DEFAULT":
        return True
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) is not None and len(name) <= limit("alias.name.max_chars")
