"""The list that SCF keeps of a function's triggers, whichever product made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import list_all
from scfdeploy.triggers import CloudTrigger, TriggerType, trigger_type
from scfdeploy.triggers.base import read_object

_URLS = ("ExtranetUrl", "IntranetUrl")


def rows(client: Client, function: Address) -> tuple[Answer, ...]:
    """Every trigger of a function, of all versions and aliases. Raises CloudError."""
    return list_all(client, "ListTriggers", names(function), "Triggers").rows


def rows_or_none(client: Client, function: Address) -> tuple[Answer, ...]:
    """The same; none where the function does not exist."""
    try:
        return rows(client, function)
    except CloudError as error:
        if error.kind is ErrorKind.MISSING:
            return ()
        raise


def plainly(row: Mapping[str, Any]) -> CloudTrigger:
    """A row of SCF's own triggers."""
    return CloudTrigger(
        name=str(row.get("TriggerName") or ""),
        description=str(row.get("TriggerDesc") or ""),
        qualifier=str(row.get("Qualifier") or "$LATEST"),
        enabled=None if row.get("Enable") is None else str(row["Enable"]) in ("1", "True", "OPEN"),
        argument=str(row.get("CustomArgument") or ""),
    )


def resource_tail(row: Mapping[str, Any]) -> str:
    """What the row's ResourceId names within its product: all behind the last colon."""
    return str(row.get("ResourceId") or "").rpartition(":")[2]


def kind_of(trigger: Address) -> tuple[TriggerType, str]:
    """The type of a trigger's address, and its name there. Raises ScfDeployError when the type is not known."""
    word, _, name = trigger.name.partition("/")
    kind = trigger_type(word)
    if kind is None:
        raise ScfDeployError(f"triggers of the type {word} cannot be written", hint="Use one of the known types.")
    return kind, name


def missing(action: str) -> CloudError:
    """The failure to find a trigger, in the cloud's own words."""
    return CloudError(ErrorKind.MISSING, "ResourceNotFound.Trigger", "the trigger does not exist", action=action)


def urls_in(description: str) -> Iterable[str]:
    """The cloud tells a function's addresses inside the description of its trigger."""
    network = (read_object(description) or {}).get("NetConfig")
    for key in _URLS:
        if isinstance(network, Mapping) and network.get(key):
            yield str(network[key])
