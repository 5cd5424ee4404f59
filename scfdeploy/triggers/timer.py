"""Timers: call a function on a cron schedule."""

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
)

_FIELDS = (
    Field("name", Kind.STRING, "Name of the trigger.", UpdateMode.IDENTITY, default="timer-${name}-${stage}"),
    Field(
        "cronExpression",
        Kind.STRING,
        "Cron expression with seven fields: second minute hour day month weekday year. Quote it.",
        required=True,
        aliases=("cron", "CronExpression"),
    ),
    Field(
        "enable",
        Kind.BOOLEAN,
        "Whether the timer runs.",
        default="true",
        aliases=("Enable",),
        words=ENABLE_WORDS,
        code=ENABLE_CODE,
    ),
    Field("argument", Kind.STRING, "The `Message` of the event.", aliases=("CustomArgument",)),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)


class TimerTrigger:
    """The type `timer`. The API accepts the expression itself and returns it as `{"cron": "…"}`."""

    type = "timer"
    making = Making(updatable=True, switchable=True, named=True)
    fields = _FIELDS
    lost = ""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The configured name, or `default`."""
        return str(settings.get("name") or default)

    def name_of(self, trigger: CloudTrigger) -> str:
        """The name itself."""
        return trigger.name

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The API form, with single spaces in the expression."""
        argument = settings.get("argument")
        return CloudTrigger(
            name=name,
            description=_one_blank(str(settings.get("cronExpression", ""))),
            qualifier=qualifier_of(settings),
            enabled=enabled_of(settings),
            argument=None if argument is None else str(argument),
        )

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same: everything can be changed in place."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form; a missing argument is an empty string."""
        described = read_object(trigger.description)
        expression = trigger.description if described is None else described.get("cron", "")
        settings: dict[str, Value] = {
            "cronExpression": _one_blank(str(expression)),
            "argument": trigger.argument or "",
            "qualifier": trigger.qualifier,
        }
        if trigger.enabled is not None:
            settings["enable"] = trigger.enabled
        return settings


def _one_blank(expression: str) -> str:
    return " ".join(expression.split())
