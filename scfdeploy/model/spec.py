"""What the files ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scfdeploy.diagnostics import Span
from scfdeploy.model.address import Address
from scfdeploy.model.code import Source
from scfdeploy.model.known_secrets import KnownSecrets
from scfdeploy.model.observed import Owner
from scfdeploy.model.value import Path, Value


@dataclass(frozen=True, slots=True)
class TriggerSpec:
    """One trigger. `settings` are its written parameters by field name; `spans` the place of each value by path.

    `sensitive` are the paths of values that must not be shown.
    """

    address: Address
    type: str
    name: str
    settings: Mapping[str, Value]
    spans: Mapping[Path, Span]
    span: Span
    sensitive: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One function.

    `settings` holds what is written (and the few values that the platform requires), by field name, in normal form:
    numbers and booleans typed, text as written, blocks as mappings, lists as tuples. What is not in it is not managed.
    `spans` is the place of each value by path inside `inputs`; `key_spans` that of each key. `sensitive` are the paths
    of values that must not be shown.
    `key` tells one of several functions of an instance from the others; empty where there is only the one.
    """

    address: Address
    owner: Owner
    region: str
    settings: Mapping[str, Value]
    source: Source | None
    triggers: tuple[TriggerSpec, ...]
    spans: Mapping[Path, Span]
    key_spans: Mapping[Path, Span]
    span: Span
    sensitive: frozenset[Path] = frozenset()
    key: str = ""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.address.function

    @property
    def is_web(self) -> bool:
        """Whether this is a web function, started by scf_bootstrap, instead of one with a handler for events."""
        return self.settings.get("type") == "web"

    def span_of(self, *path: str | int) -> Span:
        """The place of the value at `path`, or of the nearest thing around it that is written."""
        return nearest_span(self.spans, path, self.span)


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer. `settings` are `runtimes` and `description` as written; the rest is as in `FunctionSpec`."""

    address: Address
    owner: Owner
    region: str
    settings: Mapping[str, Value]
    source: Source | None
    spans: Mapping[Path, Span]
    key_spans: Mapping[Path, Span]
    span: Span
    sensitive: frozenset[Path] = frozenset()

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.address.name

    def span_of(self, *path: str | int) -> Span:
        """The place of the value at `path`, or of the nearest thing around it that is written."""
        return nearest_span(self.spans, path, self.span)


def nearest_span(spans: Mapping[Path, Span], path: Path, whole: Span) -> Span:
    """The place of the value at `path`, or of the nearest thing around it that is written; else `whole`."""
    while path:
        if path in spans:
            return spans[path]
        path = path[:-1]
    return whole


@dataclass(frozen=True, slots=True)
class Instance:
    """One serverless.yml. `file` is its path as shown, `root` the absolute path of its folder.

    `needs` are the names of the instances whose outputs it takes.
    """

    name: str
    app: str
    stage: str
    component: str
    file: str
    root: str
    functions: tuple[FunctionSpec, ...]
    span: Span
    layers: tuple[LayerSpec, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """What tells one project's resources from another's."""

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
    def functions(self) -> tuple[FunctionSpec, ...]:
        """Every function of every instance."""
        return tuple(function for instance in self.instances for function in instance.functions)

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """Every layer of every instance."""
        return tuple(layer for instance in self.instances for layer in instance.layers)
