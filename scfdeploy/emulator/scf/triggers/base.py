"""The definition of a trigger type, and the JSON form of most descriptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json, read_json


@dataclass(frozen=True, slots=True)
class TriggerRequest:
    """A request to create or update a trigger."""

    call: ApiCall
    function_key: str
    name: str
    qualifier: str
    description: str | None
    argument: str
    previous: Json | None = None
    """The present document of the trigger, for an update."""


@dataclass(frozen=True, slots=True)
class TriggerType:
    """One type of trigger."""

    name: str
    describe: Callable[[TriggerRequest], str]
    """Check a request and return the TriggerDesc to store."""
    in_use: str = "ResourceInUse.Trigger"
    """The error code for a second trigger with the same name and identity."""
    identity: Callable[[str], str] = lambda _description: ""
    """The part of a description that distinguishes triggers of the same name."""
    updatable: bool = False
    """Whether UpdateTrigger accepts it."""
    switchable: bool = False
    """Whether UpdateTriggerStatus accepts it."""


def reject(product: str) -> Callable[[TriggerRequest], str]:
    """The `describe` of a type that only the API of another product creates: it raises CloudError."""

    def describe(_request: TriggerRequest) -> str:
        raise CloudError("UnsupportedOperation.Trigger", f"Such a trigger is created in the {product} product.")

    return describe


def json_description(request: TriggerRequest, allowed: tuple[str, ...], code: str) -> Json:
    """Parse the description, by default empty. Raises CloudError, with `code` for a key that is not in `allowed`."""
    try:
        description = read_json(request.description or "{}")
    except ValueError as error:
        raise CloudError("InvalidParameterValue.TriggerDesc", "TriggerDesc is not JSON.") from error
    if not isinstance(description, dict):
        raise CloudError("InvalidParameterValue.TriggerDesc", "TriggerDesc is not a JSON object.")
    for name in description:
        if name not in allowed:
            raise CloudError(code, f"TriggerDesc has an unknown key `{name}`.")
    return description
