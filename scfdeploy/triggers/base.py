"""What a type of trigger must say: its fields, its name, its form on the wire, what cannot be changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from scfdeploy.model import Field, Value

DEFAULT_QUALIFIER = "$DEFAULT"
"""What a trigger calls when nothing is written. The API's own default is `$LATEST`, so it is always sent."""


@dataclass(frozen=True, slots=True)
class CloudTrigger:
    """A trigger as the API writes it: the parameters that differ from type to type.

    `name` is TriggerName; `description` TriggerDesc, the type's own text and not a description; `argument`
    CustomArgument; `enabled` None leaves the switch alone.
    """

    name: str
    description: str
    qualifier: str
    enabled: bool | None = None
    argument: str | None = None


class TriggerType(Protocol):
    """One type of trigger. All methods are pure."""

    @property
    def type(self) -> str:
        """The word in serverless.yml and in the API's Type."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys of `parameters`; those with Carry.REPLACE cannot be changed in place."""

    @property
    def lost(self) -> str:
        """What is lost when such a trigger is deleted and made again, in words; empty when nothing is."""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The trigger's name: what is written, or `default` (`<type>-<instance>-<stage>`)."""

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The form on the wire."""

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
