"""CKafka: call a function with batches of messages from a topic."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.facts import limit
from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.model.lazy_pattern import lazy_pattern
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
    Field("name", Kind.STRING, "Id of the instance; the same as `instanceId`.", UpdateMode.IDENTITY),
    Field("instanceId", Kind.STRING, "Id of the instance, `ckafka-…`.", UpdateMode.IDENTITY),
    Field("topic", Kind.STRING, "Name of the topic.", UpdateMode.IDENTITY, required=True, aliases=("topicName",)),
    Field(
        "maxMsgNum",
        Kind.INTEGER,
        "Maximum number of messages per call.",
        default=str(limit("ckafka.batch.default")),
        minimum=1,
        maximum=limit("ckafka.batch.max"),
    ),
    Field(
        "offset",
        Kind.STRING,
        "Where to start: `latest`, `earliest`, or a time in milliseconds.",
        UpdateMode.REPLACE,
        default="latest",
    ),
    Field(
        "retry",
        Kind.INTEGER,
        "Number of retries of a batch after a function error.",
        default=str(limit("ckafka.retry.max")),
        minimum=0,
        maximum=limit("ckafka.retry.max"),
    ),
    Field(
        "timeout",
        Kind.INTEGER,
        "Maximum wait for a batch to fill, in seconds.",
        default=str(limit("ckafka.wait.max_s")),
        minimum=1,
        maximum=limit("ckafka.wait.max_s"),
        aliases=("timeOut",),
    ),
    Field("consumerGroupName", Kind.STRING, "Name of the consumer group.", UpdateMode.REPLACE),
    Field("easConfig", Kind.BLOCK, "User and password of the instance.", UpdateMode.REPLACE, supported=False),
    Field(
        "enable",
        Kind.BOOLEAN,
        "Whether the trigger is on.",
        default="true",
        aliases=("Enable",),
        words=ENABLE_WORDS,
        code=ENABLE_CODE,
    ),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)
_INSTANCE = lazy_pattern(r"ckafka-[a-z0-9]+")
# Our names and the API's names. These can be changed in place.
_NUMBERS = (("maxMsgNum", "maxMsgNum"), ("retry", "retry"), ("timeout", "timeOut"))
_DEFAULTS = {field.name: int(field.default) for field in _FIELDS if field.default.isdecimal()}


class CkafkaTrigger:
    """The type `ckafka`. Its name is `<instance>-<topic>`."""

    type = "ckafka"
    making = Making(updatable=True, switchable=True)
    fields = _FIELDS
    lost = "its place in the topic"

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """Instance and topic. An instance that already ends with the topic is not changed."""
        instance = str(settings.get("instanceId") or settings.get("name") or "")
        topic = str(settings.get("topic") or "")
        if not instance or not topic:
            return default
        is_joined = instance.endswith(f"-{topic}") and not _INSTANCE.fullmatch(instance)
        return instance if is_joined else f"{instance}-{topic}"

    def name_of(self, trigger: CloudTrigger) -> str:
        """Instance and topic."""
        return trigger.name

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The wire form: all settings, including defaults, as compact JSON."""
        numbers = _numbers(settings)
        whole: dict[str, object] = {
            "maxMsgNum": numbers["maxMsgNum"],
            "offset": str(settings.get("offset") or "latest"),
            "retry": numbers["retry"],
            "timeOut": numbers["timeOut"],
            "consumerGroupName": str(settings.get("consumerGroupName") or ""),
        }
        return _wire(name, settings, whole)

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """Only the three numbers: the platform takes no others of a trigger that exists."""
        return _wire(name, settings, _numbers(settings))

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form; the API shows numbers as numbers or as text."""
        described = read_object(trigger.description) or {}
        settings: dict[str, Value] = {}
        instance = _INSTANCE.match(trigger.name)
        if instance and trigger.name[instance.end() :].startswith("-"):
            settings = {"instanceId": instance[0], "topic": trigger.name[instance.end() + 1 :]}
        for ours, theirs in _NUMBERS:
            number = whole_number(described.get(theirs))
            if number is not None:
                settings[ours] = number
        for word in ("offset", "consumerGroupName"):
            if described.get(word):
                settings[word] = str(described[word])
        if trigger.enabled is not None:
            settings["enable"] = trigger.enabled
        return {**settings, "qualifier": trigger.qualifier}


def _numbers(settings: Mapping[str, Value]) -> dict[str, object]:
    return {theirs: settings.get(ours, _DEFAULTS[ours]) for ours, theirs in _NUMBERS}


def _wire(name: str, settings: Mapping[str, Value], shape: Mapping[str, object]) -> CloudTrigger:
    import json

    return CloudTrigger(
        name=name,
        description=json.dumps(shape, separators=(",", ":"), ensure_ascii=False),
        qualifier=qualifier_of(settings),
        enabled=enabled_of(settings),
    )
