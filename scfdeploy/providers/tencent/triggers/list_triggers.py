"""Reads SCF's list of the triggers of a function, which includes those of other products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind, none_if_missing
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import list_all
from scfdeploy.triggers import CloudTrigger, TriggerType, trigger_type
from scfdeploy.triggers.base import read_object

_URLS = ("ExtranetUrl", "IntranetUrl")


def list_triggers(client: Client, function: Address) -> tuple[Answer, ...]:
    """A row for every trigger of a function, of all versions and aliases. Raises CloudError."""
    return list_all(client, "ListTriggers", function_params(function), "Triggers").rows


def list_triggers_or_empty(client: Client, function: Address) -> tuple[Answer, ...]:
    """The same rows; none if the function does not exist. Raises CloudError."""
    return none_if_missing(lambda: list_triggers(client, function)) or ()


def parse_row(row: Mapping[str, Any]) -> CloudTrigger:
    """A trigger that SCF manages itself, from its row."""
    return CloudTrigger(
        name=str(row.get("TriggerName") or ""),
        description=str(row.get("TriggerDesc") or ""),
        qualifier=str(row.get("Qualifier") or "$LATEST"),
        enabled=None if row.get("Enable") is None else str(row["Enable"]) in ("1", "True", "OPEN"),
        argument=str(row.get("CustomArgument") or ""),
    )


def resource_tail(row: Mapping[str, Any]) -> str:
    """The part of a row's ResourceId after the last colon, which identifies the resource within its product."""
    return str(row.get("ResourceId") or "").rpartition(":")[2]


def parse_address(trigger: Address) -> tuple[TriggerType, str]:
    """The type and the name of a trigger, from its address. Raises ScfDeployError when the type is unknown."""
    type_name, _, name = trigger.name.partition("/")
    kind = trigger_type(type_name)
    if kind is None:
        text = message("triggers of the type {type} cannot be written", type=type_name)
        raise ScfDeployError(text, hint=message("Use one of the known types."))
    return kind, name


def find_row(
    trigger: Address, read_row: Callable[[Mapping[str, Any]], CloudTrigger | None], rows: Iterable[Answer]
) -> Answer | None:
    """The row of a trigger whose name is not in SCF's list but follows from what `read_row` reads."""
    kind, name = parse_address(trigger)
    for row in rows:
        cloud_trigger = read_row(row) if row.get("Type") == kind.type else None
        if cloud_trigger is not None and kind.name_of(cloud_trigger) == name:
            return row
    return None


def missing_trigger(action: str) -> CloudError:
    """The exception for a trigger that does not exist, with the code of the API."""
    text = message("the trigger does not exist")
    return CloudError(ErrorKind.MISSING, "ResourceNotFound.Trigger", text, action=action)


def trigger_urls(trigger: CloudTrigger) -> tuple[str, ...]:
    """The URLs of a function URL trigger, which the API returns inside its description."""
    network = (read_object(trigger.description) or {}).get("NetConfig")
    if not isinstance(network, Mapping):
        return ()
    return tuple(str(network[key]) for key in _URLS if network.get(key))
