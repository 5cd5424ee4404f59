"""The protocol of a trigger type: its fields, its name, its API form, and what requires a replacement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from scfdeploy.model import Field, Value
from scfdeploy.records import dataclass, field

DEFAULT_QUALIFIER = "$DEFAULT"
"""The default version or alias to call. The API's own default is `$LATEST`, so this one is always sent."""


ENABLE_WORDS = (("OPEN", True), ("CLOSE", False))
"""The API's values of `enable`."""
ENABLE_CODE = "InvalidParameterValue.Enable"


@dataclass(frozen=True, slots=True)
class CloudTrigger:
    """A trigger in API form: the parameters that differ between types."""

    name: str
    """TriggerName."""
    description: str
    """TriggerDesc: the configuration in the type's own format."""
    qualifier: str
    enabled: bool | None = None
    """None does not change whether the trigger is enabled."""
    argument: str | None = None
    """CustomArgument."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    """The parameters of the other product's API, when another product creates the trigger."""


@dataclass(frozen=True, slots=True)
class Making:
    """How triggers of one type are created and changed."""

    product: str = "scf"
    """The product whose API creates them."""
    updatable: bool = False
    """Whether UpdateTrigger supports them."""
    switchable: bool = False
    """Whether UpdateTriggerStatus supports them."""
    marked: bool = True
    """Whether they have a description that can hold the ownership tag. Without one, only triggers in the file are
    managed."""
    named: bool = False
    """Whether users choose the name; otherwise the event source is the name."""
    exclusive: bool = False
    """Whether a source can call only one function, so that a deletion must precede a creation for the same source."""


class TriggerType(Protocol):
    """One type of trigger. All methods are pure."""

    @property
    def type(self) -> str:
        """The type in serverless.yml and in the API."""

    @property
    def making(self) -> Making:
        """How it is created and changed."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys of `parameters`; those with UpdateMode.REPLACE cannot be changed in place."""

    @property
    def lost(self) -> str:
        """What a replacement loses, as a phrase for messages; empty when nothing is lost."""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The trigger's name in its address: the configured one, or `default` (`<type>-<instance>-<stage>`).

        For types without names, everything that identifies the trigger.
        """

    def name_of(self, trigger: CloudTrigger) -> str:
        """The name, for a deployed trigger."""

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The API form. `name` is the name in the address; `settings` need not repeat what it contains."""

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The API form for an update in place."""

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form, with every field that the API returns. Ignores unknown formats."""


def read_object(description: str) -> Mapping[str, Value] | None:
    """The description as a JSON object, or None: the API does not always return the format that it accepts."""
    if not description.lstrip().startswith("{"):
        return None
    import json  # commands that read no trigger do not need it

    try:
        parsed = json.loads(description)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def whole_number(raw: object) -> int | None:
    """A whole number, which the API sometimes returns as a string; None for anything else."""
    match raw:
        case bool():
            return None
        case int():
            return raw
        case str():
            from scfdeploy.model import value

            return value.whole_number(raw)
    return None


def qualifier_of(settings: Mapping[str, Value]) -> str:
    """The version or alias to call."""
    return str(settings.get("qualifier") or DEFAULT_QUALIFIER)


def enabled_of(settings: Mapping[str, Value]) -> bool | None:
    """The value of `enable`, None when it is not set."""
    enable = settings.get("enable")
    return None if enable is None else bool(enable)
