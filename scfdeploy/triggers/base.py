"""What a type of trigger must say: its fields, its name, its form on the wire, what cannot be changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scfdeploy.model import Field, Value

DEFAULT_QUALIFIER = "$DEFAULT"
"""What a trigger calls when nothing is written. The API's own default is `$LATEST`, so it is always sent."""


ENABLE_WORDS = (("OPEN", True), ("CLOSE", False))
"""The API's own words for the switch of a trigger."""
ENABLE_CODE = "InvalidParameterValue.Enable"


@dataclass(frozen=True, slots=True)
class CloudTrigger:
    """A trigger as the API writes it: the parameters that differ from type to type.

    `name` is TriggerName; `description` TriggerDesc, the type's own text and not a description; `argument`
    CustomArgument; `enabled` None leaves the switch alone. A type that another product makes has `parameters` instead,
    in that product's words.
    """

    name: str
    description: str
    qualifier: str
    enabled: bool | None = None
    argument: str | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Making:
    """How triggers of one type are made, and what can be done to one that exists.

    `product` is the one whose API makes them. `updatable`: UpdateTrigger takes them; `switchable`: UpdateTriggerStatus
    does. `marked`: they have a description that can carry the mark of ownership; without one, only what the file names
    is managed. `named`: users choose the name; otherwise what calls the function is the name. `exclusive`: one source
    serves one function, so what goes has to make room for what comes, in whichever function it is.
    """

    product: str = "scf"
    updatable: bool = False
    switchable: bool = False
    marked: bool = True
    named: bool = False
    exclusive: bool = False


class TriggerType(Protocol):
    """One type of trigger. All methods are pure."""

    @property
    def type(self) -> str:
        """The word in serverless.yml and in the API's Type."""

    @property
    def making(self) -> Making:
        """How it is made and changed."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys of `parameters`; those with UpdateMode.REPLACE cannot be changed in place."""

    @property
    def lost(self) -> str:
        """What is lost when such a trigger is deleted and made again, in words; empty when nothing is."""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The trigger's name in its address: what is written, or `default` (`<type>-<instance>-<stage>`).

        Of types without names of their own it says all that identifies the trigger.
        """

    def name_of(self, trigger: CloudTrigger) -> str:
        """The same name, of a trigger that the cloud shows."""

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The form on the wire. `name` is that of the address; `settings` need not repeat what it says."""

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The form on the wire for a trigger that exists and is updated in place."""

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form, every field that the cloud shows. Tolerates text it does not know."""


def read_object(description: str) -> Mapping[str, Value] | None:
    """The description as a JSON object, or None when it is anything else: the API shows some forms and takes others."""
    if not description.lstrip().startswith("{"):
        return None
    import json  # kept off the way of commands that read no trigger

    try:
        found = json.loads(description)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def whole_number(shown: object) -> int | None:
    """A number that the API may show as text, or None."""
    match shown:
        case bool():
            return None
        case int():
            return shown
        case str():
            from scfdeploy.model import value

            return value.whole_number(shown)
    return None


def qualifier_of(settings: Mapping[str, Value]) -> str:
    """The version or alias to call."""
    return str(settings.get("qualifier") or DEFAULT_QUALIFIER)


def enabled_of(settings: Mapping[str, Value]) -> bool | None:
    """The switch, or None where nothing is written."""
    enable = settings.get("enable")
    return None if enable is None else bool(enable)
