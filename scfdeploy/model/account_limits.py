"""Account limits and current usage in one region."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.records import NamedTuple


class NamespaceLimits(NamedTuple):
    """The limits of one namespace; None when the API does not return a limit."""

    functions: int | None = None
    functions_used: int = 0
    triggers: Mapping[str, int] = {}
    """Limits per function, by trigger type."""
    all_triggers: int | None = None
    """The limit per function for triggers of all types together."""
    timeout_s: int | None = None
    init_timeout_s: int | None = None


class AccountLimits(NamedTuple):
    """The limits of an account by namespace."""

    namespaces: int | None = None
    namespaces_used: int = 0
    of: Mapping[str, NamespaceLimits] = {}
