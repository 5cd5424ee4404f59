"""What a trigger type must say about itself, and the JSON that most descriptions are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json, read_json


@dataclass(frozen=True, slots=True)
class TriggerRequest:
    """A trigger that is being made or changed. `previous` is what the API shows of it now, when it exists."""

    call: ApiCall
    function_key: str
    name: str
    qualifier: str
    description: str | None
    argument: str
    previous: Json | None = None


@dataclass(frozen=True, slots=True)
class TriggerType:
    """One type of trigger.

    `describe` checks a request and returns the TriggerDesc to keep and show. `identity` tells two triggers of the
    same name apart by their description (empty where the name alone decides). `in_use` is the code for a second one.
    `updatable` says whether UpdateTrigger takes it, `switchable` whether UpdateTriggerStatus does. What
    `is_made_elsewhere` is made by the API of another product.
    """

    name: str
    describe: Callable[[TriggerRequest], str]
    in_use: str = "ResourceInUse.Trigger"
    identity: Callable[[str], str] = lambda _description: ""
    updatable: bool = False
    switchable: bool = False
    is_made_elsewhere: bool = False


def made_elsewhere(product: str) -> Callable[[TriggerRequest], str]:
    """The `describe` of a type that this API does not make: it refuses."""

    def describe(_request: TriggerRequest) -> str:
        raise CloudError("UnsupportedOperation.Trigger", f"Such a trigger is made in the {product} product.")

    return describe


def json_description(request: TriggerRequest, allowed: tuple[str, ...], code: str) -> Json:
    """The description as a JSON object with known keys only; an absent one is empty. Raises CloudError with `code`."""
    try:
        found = read_json(request.description or "{}")
    except ValueError as error:
        raise CloudError("InvalidParameterValue.TriggerDesc", "TriggerDesc is not JSON.") from error
    if not isinstance(found, dict):
        raise CloudError("InvalidParameterValue.TriggerDesc", "TriggerDesc is not a JSON object.")
    for name in found:
        if name not in allowed:
            raise CloudError(code, f"TriggerDesc has an unknown key `{name}`.")
    return found


def compact(content: Json) -> str:
    """A description as the API shows it: JSON without blanks."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
