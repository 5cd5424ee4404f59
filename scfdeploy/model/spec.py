"""The desired state: functions, triggers and layers as the files define them."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.diagnostics import Span
from scfdeploy.model.address import Address
from scfdeploy.model.code import Source
from scfdeploy.model.known_secrets import KnownSecrets
from scfdeploy.model.observed import Owner
from scfdeploy.model.value import Path, Value
from scfdeploy.records import dataclass, field


@dataclass(frozen=True, slots=True)
class TriggerSpec:
    """One trigger."""

    address: Address
    type: str
    name: str
    settings: Mapping[str, Value]
    """The parameters in the file, by field name."""
    spans: Mapping[Path, Span]
    """The position of each value, by path."""
    span: Span
    sensitive: frozenset[Path] = frozenset()
    """The paths of values that must not be shown."""


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One function."""

    address: Address
    owner: Owner
    region: str
    settings: Mapping[str, Value]
    """The settings in the file and the few that the platform requires, by field name.

    Numbers and booleans are typed, blocks are mappings, lists are tuples. A setting that is absent is not managed.
    """
    source: Source | None
    triggers: tuple[TriggerSpec, ...]
    spans: Mapping[Path, Span]
    """The position of each value, by path inside `inputs`."""
    key_spans: Mapping[Path, Span]
    """The position of each key, by path."""
    span: Span
    sensitive: frozenset[Path] = frozenset()
    """The paths of values that must not be shown."""
    key: str = ""
    """The function's key in a file with several functions; empty if the file has one."""
    keeps_code: bool = False
    """Whether the deployed code is left alone: the file says `src: false`."""
    unresolved: frozenset[str] = frozenset()
    """Those of name, namespace and region that are reported as unreadable and have a placeholder."""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.address.function

    @property
    def is_web(self) -> bool:
        """Whether this is a web function, started by scf_bootstrap, instead of one with a handler for events."""
        return self.settings.get("type") == "web"

    def span_of(self, *path: str | int) -> Span:
        """The position of the value at `path`, or of the nearest enclosing value in the file."""
        return nearest_span(self.spans, path, self.span)


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer. `settings` are `runtimes` and `description`; the other fields are as in `FunctionSpec`."""

    address: Address
    owner: Owner
    region: str
    settings: Mapping[str, Value]
    source: Source | None
    spans: Mapping[Path, Span]
    key_spans: Mapping[Path, Span]
    span: Span
    sensitive: frozenset[Path] = frozenset()
    protect: bool | None = None
    """Whether it must not be deleted; None if the file does not say."""
    unresolved: frozenset[str] = frozenset()
    """`region`, if it is reported as unreadable and has a placeholder."""

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.address.name

    def span_of(self, *path: str | int) -> Span:
        """The position of the value at `path`, or of the nearest enclosing value in the file."""
        return nearest_span(self.spans, path, self.span)


def nearest_span(spans: Mapping[Path, Span], path: Path, whole: Span) -> Span:
    """The position of the value at `path`, or of the nearest enclosing value; `whole` if there is none."""
    while path:
        if path in spans:
            return spans[path]
        path = path[:-1]
    return whole


@dataclass(frozen=True, slots=True)
class Instance:
    """One serverless.yml."""

    name: str
    app: str
    stage: str
    component: str
    file: str
    """The path for messages."""
    root: str
    """The absolute path of its folder."""
    functions: tuple[FunctionSpec, ...]
    span: Span
    layers: tuple[LayerSpec, ...] = ()
    needs: tuple[str, ...] = ()
    """The instances whose outputs it uses."""
    unresolved: frozenset[str] = frozenset()
    """Those of name, app and stage that are reported as unreadable and have a placeholder."""


DEFAULT_STAGE = "dev"
"""The stage of a project that names none."""


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """The identity of a project."""

    app: str
    stage: str
    region: str


@dataclass(frozen=True, slots=True)
class Project:
    """All instances that are deployed together. `root` is the absolute path under which `.scfdeploy/` lies.

    `secrets` are those that reading the files came to know.
    """

    key: ProjectKey
    root: str
    instances: tuple[Instance, ...]
    secrets: KnownSecrets = field(default_factory=KnownSecrets, compare=False, repr=False)

    @property
    def instance_names(self) -> frozenset[str]:
        """The names of the instances whose files were read."""
        return frozenset(instance.name for instance in self.instances)

    @property
    def functions(self) -> tuple[FunctionSpec, ...]:
        """Every function of every instance."""
        return tuple(function for instance in self.instances for function in instance.functions)

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """Every layer of every instance."""
        return tuple(layer for instance in self.instances for layer in instance.layers)
