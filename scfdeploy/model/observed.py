"""What is in the cloud, in our own field names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scfdeploy.model.address import Address
from scfdeploy.model.resource_kind import ResourceKind
from scfdeploy.model.value import Value

APP_TAG = "scfdeploy:app"
STAGE_TAG = "scfdeploy:stage"
INSTANCE_TAG = "scfdeploy:instance"
OWNER_TAGS = (APP_TAG, STAGE_TAG, INSTANCE_TAG)

WRITE_ONLY_TAGS = {name: f"scfdeploy:{name}" for name in ("diskSize", "nodeType", "nodeSpec", "ignoreSysLog")}
"""Settings that the cloud takes and never shows, with the tags that remember what was last written."""


def is_own_tag(key: str) -> bool:
    """Whether a tag is this tool's and none of the user's."""
    return key in OWNER_TAGS or key in WRITE_ONLY_TAGS.values()


@dataclass(frozen=True, slots=True)
class Owner:
    """Which project a resource says it belongs to: few distinct values, tag values being a scarce quota."""

    app: str
    stage: str
    instance: str

    def as_tags(self) -> dict[str, str]:
        """The tags that mark a function."""
        return {APP_TAG: self.app, STAGE_TAG: self.stage, INSTANCE_TAG: self.instance}

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> Owner | None:
        """Who marked a function, or None when nobody did (all three are needed)."""
        if not all(key in tags for key in OWNER_TAGS):
            return None
        return cls(tags[APP_TAG], tags[STAGE_TAG], tags[INSTANCE_TAG])

    def as_text(self) -> str:
        """The mark in a trigger's description, where there are no tags."""
        return f"scfdeploy:{self.app}/{self.stage}/{self.instance}"

    @classmethod
    def from_text(cls, text: str) -> Owner | None:
        """Who marked a trigger, or None."""
        if not text.startswith("scfdeploy:"):
            return None
        parts = text.removeprefix("scfdeploy:").split("/")
        return cls(*parts) if len(parts) == 3 else None

    def same_project(self, other: Owner) -> bool:
        """Whether both belong to one app and stage."""
        return (self.app, self.stage) == (other.app, other.stage)


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that exists.

    `settings` is in the words and the normal form of serverless.yml (`tags` without owner and system tags). `facts` is
    what can only be read: `functionId`, `modified`, `codeSha256`, `codeSize`, `codeUrl`, `url`, `version` …
    Of a layer, settings, owner and `codeSha256` are those of its newest version, which is `version`; `versions` are the
    numbers of all that the project owns, and `instances` says by number which instance published each. `state` is the
    cloud's word for a function's status, empty for what has none.
    """

    address: Address
    settings: Mapping[str, Value]
    owner: Owner | None = None
    state: str = ""
    state_reason: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a look at the cloud found: `resources` that were asked for and exist, with all triggers of each function.

    `unlisted` are functions that carry the project's mark and were not asked for. `taken_at` is unix time in seconds.
    """

    resources: Mapping[Address, Resource]
    unlisted: tuple[Resource, ...] = ()
    taken_at: float = 0.0

    def parts_of(self, function: Address, *kinds: ResourceKind) -> tuple[Resource, ...]:
        """The resources of these kinds that belong to a function, sorted by address."""
        found = (address for address in self.resources if address.kind in kinds and address.of == function)
        return tuple(self.resources[address] for address in sorted(found))
