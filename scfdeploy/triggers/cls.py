"""CLS: call a function with batches of log lines from a topic."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.facts import limit
from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers.base import (
    DEFAULT_QUALIFIER,
    ENABLE_CODE,
    ENABLE_WORDS,
    CloudTrigger,
    Making,
    qualifier_of,
    whole_number,
)

_FIELDS = (
    Field(
        "topicId",
        Kind.STRING,
        "Id of the log topic.",
        UpdateMode.IDENTITY,
        required=True,
        aliases=("topic_id", "TopicId"),
    ),
    Field(
        "maxWait",
        Kind.INTEGER,
        "Maximum wait for a batch to fill, in seconds.",
        UpdateMode.REPLACE,
        default=str(limit("cls.wait.default_s")),
        minimum=limit("cls.wait.min_s"),
        maximum=limit("cls.wait.max_s"),
    ),
    Field(
        "maxSize",
        Kind.INTEGER,
        "Maximum number of lines per call.",
        UpdateMode.REPLACE,
        default=str(limit("cls.batch.default")),
        minimum=1,
        maximum=limit("cls.batch.max"),
    ),
    Field(
        "enable",
        Kind.BOOLEAN,
        "Always on: the platform has no switch for it.",
        UpdateMode.TOOL,
        default="true",
        words=ENABLE_WORDS,
        code=ENABLE_CODE,
    ),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)
_NUMBERS = {"maxWait": "Timeout", "maxSize": "MaxMsgNum"}


class ClsTrigger:
    """The type `cls`, created by the log product, which cannot update it. Its name is the topic's id."""

    type = "cls"
    making = Making(product="cls", marked=False)
    fields = _FIELDS
    lost = ""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The topic's id."""
        return str(settings.get("topicId") or default)

    def name_of(self, trigger: CloudTrigger) -> str:
        """The topic's id."""
        return str(trigger.parameters.get("TopicId") or "")

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The parameters of the log API, without those that are not set."""
        numbers = {theirs: settings[ours] for ours, theirs in _NUMBERS.items() if settings.get(ours) is not None}
        return CloudTrigger("", "", qualifier_of(settings), parameters={"TopicId": name, **numbers})

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same; never used, because the type cannot be updated."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form."""
        settings: dict[str, Value] = {"topicId": self.name_of(trigger), "qualifier": trigger.qualifier}
        for ours, theirs in _NUMBERS.items():
            number = whole_number(trigger.parameters.get(theirs))
            if number is not None:
                settings[ours] = number
        return settings
