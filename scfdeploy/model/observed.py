"""The state of the cloud, in the field names of serverless.yml."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model.address import Address
from scfdeploy.model.resource_kind import ResourceKind
from scfdeploy.model.value import Value
from scfdeploy.records import NamedTuple, dataclass, field

APP_TAG = "scfdeploy:app"
STAGE_TAG = "scfdeploy:stage"
INSTANCE_TAG = "scfdeploy:instance"
OWNER_TAGS = (APP_TAG, STAGE_TAG, INSTANCE_TAG)

ACTIVE = "Active"
"""The state of a function, a version or a layer that is ready, in the words of the API."""

_WRITE_ONLY = ("diskSize", "nodeType", "nodeSpec", "ignoreSysLog", "protect")
WRITE_ONLY_TAGS = {name: f"scfdeploy:{name}" for name in _WRITE_ONLY}
"""Write-only settings, which no API returns, and the tags that store the last written value."""


def is_own_tag(key: str) -> bool:
    """Whether scfdeploy sets this tag itself."""
    return key in OWNER_TAGS or key in WRITE_ONLY_TAGS.values()


@dataclass(frozen=True, slots=True)
class Owner:
    """The project and instance that own a resource. Tag values are a scarce quota, so there are few of them."""

    app: str
    stage: str
    instance: str

    def as_tags(self) -> dict[str, str]:
        """The ownership tags."""
        return {APP_TAG: self.app, STAGE_TAG: self.stage, INSTANCE_TAG: self.instance}

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> Owner | None:
        """The owner in a function's tags; None unless all three tags are set."""
        if not all(key in tags for key in OWNER_TAGS):
            return None
        return cls(tags[APP_TAG], tags[STAGE_TAG], tags[INSTANCE_TAG])

    def as_text(self) -> str:
        """The form in the description of a trigger, which has no tags."""
        return f"scfdeploy:{self.app}/{self.stage}/{self.instance}"

    @classmethod
    def from_text(cls, text: str) -> Owner | None:
        """The owner in a trigger's description, or None."""
        if not text.startswith("scfdeploy:"):
            return None
        parts = text.removeprefix("scfdeploy:").split("/")
        return cls(*parts) if len(parts) == 3 else None

    def same_project(self, other: Owner) -> bool:
        """Whether both belong to one app and stage."""
        return (self.app, self.stage) == (other.app, other.stage)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that exists in the cloud. A layer shows its newest version."""

    address: Address
    settings: Mapping[str, Value]
    """In the normal form of serverless.yml; `tags` without ownership and system tags."""
    owner: Owner | None = None
    state: str = ""
    """The status in the words of the API; empty for resources that have none."""
    state_reason: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    """Read-only values: `functionId`, `modified`, `codeSha256`, `codeSize`, `codeUrl`, `url`, `version` …

    For a layer, `version` is the newest version, `versions` are all that the project owns, and `instances` maps each of
    these to the instance that published it.
    """


class ListEntry(NamedTuple):
    """What the list of functions shows of one function."""

    function_id: str
    modified: str
    """The modification time, in the format of the API: whole seconds."""
    state: str
    owner: Owner | None
    settings: Mapping[str, Value]
    """The settings that its tags show: `tags` and write-only settings."""
    digest: str
    """A digest of the other fields of the entry. Tags and the description, which can contain secrets, are not in it."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The result of a refresh."""

    resources: Mapping[Address, Resource]
    """Requested resources that exist, with all triggers of each function."""
    unlisted: tuple[Resource, ...] = ()
    """Resources that the project owns and that were not requested."""
    taken_at: float = 0.0
    entries: Mapping[Address, ListEntry] = field(default_factory=dict)
    """The list entries of requested functions, as far as a list was read."""
    unread: frozenset[Address] = frozenset()
    """The requested functions that exist and were not read, because of their list entries."""
    settled: frozenset[Address] = frozenset()
    """The functions whose modification time was over when the refresh began: each later change shows another time."""

    _parts: dict[Address, list[Resource]] = field(default_factory=dict, repr=False, compare=False)
    """The resources of each function, sorted by address; filled when it is needed first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parts", {})  # `replace` would pass on those of other resources

    def parts_of(self, function: Address, *kinds: ResourceKind) -> tuple[Resource, ...]:
        """The resources of these kinds that belong to a function, sorted by address."""
        if not self._parts:
            parts: dict[Address, list[Resource]] = {}
            for address, resource in sorted(self.resources.items()):
                parts.setdefault(address.of, []).append(resource)
            self._parts.update(parts)
        return tuple(part for part in self._parts.get(function, ()) if part.address.kind in kinds)
