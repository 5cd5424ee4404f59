"""Short ways to say a project, its code and a cloud, in the types that the stages share."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from scfdeploy.diagnostics import Span
from scfdeploy.model import (
    Address,
    Bundle,
    FunctionSpec,
    Instance,
    Observed,
    Owner,
    Project,
    ProjectKey,
    Resource,
    TriggerSpec,
    Value,
)
from scfdeploy.plan.edges import PlanFragment, needs_by_source
from scfdeploy.triggers import trigger_type

APP, STAGE, INSTANCE = "shop", "dev", "api"
OWNER = Owner(APP, STAGE, INSTANCE)
NEIGHBOUR = Owner(APP, STAGE, "web")
STRANGER = Owner("blog", "prod", "site")
HELLO = Address.of_function("default", "hello")
_HERE = Span.at("serverless.yml")
_BASE: Mapping[str, Value] = {"runtime": "Python3.10", "handler": "index.main", "type": "event"}


def trigger(kind: str = "timer", name: str = "tick", *, function: Address = HELLO, **settings: Value) -> TriggerSpec:
    """A trigger as a file asks for it; a timer fires every five minutes unless told otherwise."""
    written = {"cronExpression": "0 */5 * * * * *", **settings} if kind == "timer" else settings
    return TriggerSpec(function.trigger(kind, name), kind, name, written, {}, _HERE)


def function(
    name: str = "hello",
    *triggers: TriggerSpec,
    owner: Owner = OWNER,
    namespace: str = "default",
    filled_in: Container[str] = (),
    **settings: Value,
) -> FunctionSpec:
    """A small Python function with `settings` beside runtime, handler and type; `filled_in` are not written."""
    address = Address.of_function(namespace, name)
    whole = {**_BASE, **settings}
    keys = {(key,): _HERE for key in whole if key not in filled_in}
    return FunctionSpec(address, owner, "ap-guangzhou", whole, None, triggers, {}, keys, _HERE)


def project(*functions: FunctionSpec, root: str = "/project", instance_root: str = "/project") -> Project:
    """A project of one instance for each owner that the functions have."""
    names = dict.fromkeys(spec.owner.instance for spec in functions) or {INSTANCE: None}
    instances = tuple(
        Instance(
            name,
            APP,
            STAGE,
            "scf",
            "serverless.yml",
            instance_root,
            tuple(spec for spec in functions if spec.owner.instance == name or not functions),
            _HERE,
        )
        for name in names
    )
    return Project(ProjectKey(APP, STAGE, "ap-guangzhou"), root, instances)


def bundle(spec: FunctionSpec, sha256: str = "aa" * 32, size: int = 1_258_291) -> Bundle:
    """The packed code of a function."""
    return Bundle(spec.address, sha256, "cc" * 32, size, 3, path="/project/.scfdeploy/cache/hello.zip")


def bundles(*packed: Bundle) -> dict[Address, Bundle]:
    """Bundles by function."""
    return {each.function: each for each in packed}


def deployed(
    spec: FunctionSpec,
    *,
    owner: Owner | None = OWNER,
    state: str = "Active",
    state_reason: str = "",
    sha256: str | None = "aa" * 32,
    **settings: Value,
) -> Resource:
    """A function that exists as `spec` says, but for `settings`."""
    facts: dict[str, Value] = {"functionId": "lam-1", "modified": "2026-01-01 00:00:00"}
    if sha256 is not None:
        facts |= {"codeSha256": sha256, "codeSize": 1_258_291}
    return Resource(spec.address, {**spec.settings, **settings}, owner, state, state_reason, facts)


def deployed_trigger(spec: TriggerSpec, *, owner: Owner | None = OWNER, **settings: Value) -> Resource:
    """A trigger that exists as `spec` says, but for `settings`, in the form that the cloud shows."""
    kind = trigger_type(spec.type)
    assert kind is not None
    sent = kind.to_cloud(spec.name, {**spec.settings, **settings})
    shown = replace(sent, enabled=sent.enabled is not False)
    return Resource(spec.address, kind.from_cloud(shown), owner)


def cloud(*resources: Resource, unlisted: tuple[Resource, ...] = ()) -> Observed:
    """What a look at the cloud found."""
    return Observed({resource.address: resource for resource in resources}, unlisted, 1_700_000_000.0)


def with_requires(fragment: PlanFragment) -> PlanFragment:
    """A fragment with what its edges say written into `requires` of its changes."""
    by_source = needs_by_source(fragment.edges)
    changes = (
        replace(change, requires=tuple(edge.needs for edge in by_source.get(change.address, ())))
        for change in fragment.changes
    )
    return PlanFragment(tuple(changes), fragment.rejected, fragment.unmanaged)
