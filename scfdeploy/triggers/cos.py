"""COS: call a function when objects in a bucket are created, removed or restored."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.records import NamedTuple
from scfdeploy.triggers.base import (
    DEFAULT_QUALIFIER,
    ENABLE_CODE,
    ENABLE_WORDS,
    CloudTrigger,
    Making,
    enabled_of,
    qualifier_of,
    read_object,
)

EVENTS = tuple(
    f"cos:{kind}:{detail}"
    for kind, details in (
        ("ObjectCreated", ("*", "Put", "Post", "Copy", "CompleteMultipartUpload", "Origin", "Replication")),
        ("ObjectRemove", ("*", "Delete", "DeleteMarkerCreated")),
        ("ObjectRestore", ("Post", "Completed")),
    )
    for detail in details
)
"""The events of a bucket."""

_FILTER = (
    Field("prefix", Kind.STRING, "Prefix of the object name.", UpdateMode.IDENTITY, aliases=("Prefix",)),
    Field("suffix", Kind.STRING, "Suffix of the object name, starting with a dot.", UpdateMode.IDENTITY),
)
_FIELDS = (
    Field(
        "bucket",
        Kind.STRING,
        "Full domain of the bucket, `NAME-APPID.cos.REGION.myqcloud.com`, in the function's region.",
        UpdateMode.IDENTITY,
        required=True,
    ),
    Field(
        "events",
        Kind.STRING,
        "The event; one per trigger.",
        UpdateMode.IDENTITY,
        required=True,
        choices=EVENTS,
        aliases=("event",),
    ),
    Field("filter", Kind.BLOCK, "Objects that call the function; all by default.", UpdateMode.IDENTITY, fields=_FILTER),
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


class CosRule(NamedTuple):
    """The notification rule of one trigger, which identifies it."""

    bucket: str
    event: str
    prefix: str = ""
    suffix: str = ""


def rule_of(settings: Mapping[str, Value]) -> CosRule | None:
    """The rule in the settings, or None without a bucket or event."""
    bucket, event = settings.get("bucket"), settings.get("events")
    if not bucket or not event:
        return None
    narrowed = settings.get("filter")
    narrowed = narrowed if isinstance(narrowed, Mapping) else {}
    return CosRule(str(bucket), str(event), str(narrowed.get("prefix") or ""), str(narrowed.get("suffix") or ""))


class CosTrigger:
    """The type `cos`. Its name is `<bucket>:<event>`, with `:<prefix>:<suffix>` when there is a filter.

    The platform names all triggers of a bucket after the bucket, and tells them apart by the rule in the description.
    """

    type = "cos"
    making = Making(switchable=True, exclusive=True)
    fields = _FIELDS
    lost = ""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """Bucket, event and filter."""
        rule = rule_of(settings)
        return _joined(rule) if rule else default

    def name_of(self, trigger: CloudTrigger) -> str:
        """Bucket, event and filter."""
        rule = _shown(trigger)
        return _joined(rule) if rule else trigger.name

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The API form: the rule as compact JSON."""
        import json

        rule = _parted(name)
        shape = {"event": rule.event, "filter": {"Prefix": rule.prefix, "Suffix": rule.suffix}}
        return CloudTrigger(
            name=rule.bucket,
            description=json.dumps(shape, separators=(",", ":"), ensure_ascii=False),
            qualifier=qualifier_of(settings),
            enabled=enabled_of(settings),
        )

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same; only `enable` can be changed in place."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form, with a filter only when there is one."""
        settings: dict[str, Value] = {"bucket": trigger.name}
        rule = _shown(trigger)
        if rule:
            settings["events"] = rule.event
            narrowed: dict[str, Value] = {"prefix": rule.prefix, "suffix": rule.suffix}
            narrowed = {key: text for key, text in narrowed.items() if text}
            if narrowed:
                settings["filter"] = narrowed
        if trigger.enabled is not None:
            settings["enable"] = trigger.enabled
        return {**settings, "qualifier": trigger.qualifier}


def _shown(trigger: CloudTrigger) -> CosRule | None:
    described = read_object(trigger.description) or {}
    narrowed = described.get("filter")
    narrowed = narrowed if isinstance(narrowed, Mapping) else {}
    if not described.get("event"):
        return None
    prefix, suffix = (str(narrowed.get(key) or "") for key in ("Prefix", "Suffix"))
    return CosRule(trigger.name, str(described["event"]), prefix, suffix)


def _joined(rule: CosRule) -> str:
    parts = [rule.bucket, rule.event.removeprefix("cos:")]
    if rule.prefix or rule.suffix:
        parts += [_escaped(rule.prefix), _escaped(rule.suffix)]
    return ":".join(parts)


def _parted(name: str) -> CosRule:
    bucket, kind, detail, prefix, suffix, *_ = (*name.split(":"), "", "", "", "")
    return CosRule(bucket, f"cos:{kind}:{detail}", _plain(prefix), _plain(suffix))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A")


def _plain(text: str) -> str:
    return text.replace("%3A", ":").replace("%25", "%")
