"""What an account may have in one region, and how much of it is in use, as the cloud says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class NamespaceLimits(NamedTuple):
    """The limits of the functions in one namespace; None where the cloud does not say.

    `triggers` are the limits for one function by type of trigger; `all_triggers` that of all its triggers together.
    """

    functions: int | None = None
    functions_used: int = 0
    triggers: Mapping[str, int] = {}
    all_triggers: int | None = None
    timeout_s: int | None = None
    init_timeout_s: int | None = None


class AccountLimits(NamedTuple):
    """The limits of an account by namespace."""

    namespaces: int | None = None
    namespaces_used: int = 0
    of: Mapping[str, NamespaceLimits] = {}
