"""CMQ: call a function for each message of a topic."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers.base import (
    DEFAULT_QUALIFIER,
    ENABLE_CODE,
    ENABLE_WORDS,
    CloudTrigger,
    Making,
    enabled_of,
    qualifier_of,
    read_object,
    whole_number,
)

_FIELDS = (
    Field(
        "name", Kind.STRING, "Name of the topic.", UpdateMode.IDENTITY, required=True, aliases=("topic", "topicName")
    ),
    Field(
        "filterType",
        Kind.INTEGER,
        "How messages are filtered: 1 by tag, 2 by routing key.",
        UpdateMode.REPLACE,
        default="1",
        minimum=1,
        maximum=2,
    ),
    Field("filterKey", Kind.STRING_LIST, "Tags or binding keys of the messages to deliver.", UpdateMode.REPLACE),
    Field(
        "enable",
        Kind.BOOLEAN,
        "Whether the trigger is on.",
        UpdateMode.REPLACE,
        default="true",
        aliases=("Enable",),
        words=ENABLE_WORDS,
        code=ENABLE_CODE,
    ),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)


class CmqTrigger:
    """The type `cmq`, named after the topic. Nothing can be changed in place, not even `enable`."""

    type = "cmq"
    making = Making()
    fields = _FIELDS
    lost = ""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The topic."""
        return str(settings.get("name") or default)

    def name_of(self, trigger: CloudTrigger) -> str:
        """The topic."""
        return trigger.name

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The API form: the filter as compact JSON."""
        import json

        keys = settings.get("filterKey")
        shape = {
            "filterType": settings.get("filterType") or 1,
            "filterKey": list(keys) if isinstance(keys, list | tuple) else [],
        }
        return CloudTrigger(
            name=name,
            description=json.dumps(shape, separators=(",", ":"), ensure_ascii=False),
            qualifier=qualifier_of(settings),
            enabled=enabled_of(settings),
        )

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same; never used, because the type cannot be updated."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form."""
        described = read_object(trigger.description) or {}
        keys = described.get("filterKey")
        settings: dict[str, Value] = {
            "name": trigger.name,
            "filterType": whole_number(described.get("filterType")) or 1,
        }
        settings["filterKey"] = tuple(str(key) for key in keys) if isinstance(keys, list) else ()
        if trigger.enabled is not None:
            settings["enable"] = trigger.enabled
        return {**settings, "qualifier": trigger.qualifier}
