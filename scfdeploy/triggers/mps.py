"""MPS: call a function when a task of the media processing product completes."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers.base import DEFAULT_QUALIFIER, ENABLE_CODE, ENABLE_WORDS, CloudTrigger, Making, qualifier_of

_FIELDS = (
    Field(
        "type",
        Kind.STRING,
        "Type of task: `WorkflowTask` or `EditMediaTask`.",
        UpdateMode.IDENTITY,
        required=True,
        choices=("WorkflowTask", "EditMediaTask"),
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


class MpsTrigger:
    """The type `mps`, created by the media processing product. Its name is the type of task."""

    type = "mps"
    making = Making(product="mps", marked=False)
    fields = _FIELDS
    lost = ""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The type of task."""
        return str(settings.get("type") or default)

    def name_of(self, trigger: CloudTrigger) -> str:
        """The type of task."""
        return str(trigger.parameters.get("EventType") or "")

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The parameters of the media processing API."""
        return CloudTrigger("", "", qualifier_of(settings), parameters={"EventType": name})

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same; never used, because the type cannot be updated."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form."""
        return {"type": self.name_of(trigger), "qualifier": trigger.qualifier}
