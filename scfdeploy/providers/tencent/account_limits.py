"""Reads the limits of the account: one call tells all of one region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.model.account_limits import AccountLimits, NamespaceLimits
from scfdeploy.providers.tencent.transport.client import Client


def read_account_limits(client: Client) -> AccountLimits:
    """What GetAccount says; what it leaves out, or says in another form, is not known. Raises CloudError."""
    answer = client.read("GetAccount", {})
    limits, usage = _mapping(answer.get("AccountLimit")), _mapping(answer.get("AccountUsage"))
    used = {str(one.get("Namespace")): _number(one.get("FunctionsCount")) or 0 for one in _rows(usage)}
    namespaces = {
        name: _namespace(one, used.get(name, 0)) for one in _rows(limits) if (name := str(one.get("Namespace")))
    }
    return AccountLimits(_number(limits.get("NamespacesCount")), _number(usage.get("NamespacesCount")) or 0, namespaces)


def _namespace(shown: Mapping[str, Any], functions_used: int) -> NamespaceLimits:
    triggers = {
        word.lower(): number
        for word, value in _mapping(shown.get("Trigger")).items()
        if (number := _number(value)) is not None
    }
    total = triggers.pop("total", None)
    return NamespaceLimits(
        _number(shown.get("FunctionsCount")),
        functions_used,
        triggers,
        total,
        _number(shown.get("TimeoutLimit")),
        _number(shown.get("InitTimeoutLimit")),
    )


def _rows(shown: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = shown.get("Namespace")
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _mapping(shown: object) -> Mapping[str, Any]:
    return shown if isinstance(shown, Mapping) else {}


def _number(shown: object) -> int | None:
    """A limit; zero or less means that the API returns none."""
    return shown if isinstance(shown, int) and not isinstance(shown, bool) and shown > 0 else None
