"""What happens to a layer: a new version where its content or settings differ, and which of its versions go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scfdeploy.facts import limit
from scfdeploy.model import LAYER_FIELDS, Address, Bundle, LayerSpec, Observed, Ref, Resource, UpdateMode, Value
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange, Refusal
from scfdeploy.plan.diff.differences import CODE_PATH, additions, differences
from scfdeploy.plan.diff.normalise import normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment
from scfdeploy.plan.policy import Ownership, Policy, ownership, refusal
from scfdeploy.plan.reach import Reach

VERSION = "version"
_FIELDS = tuple(field for field in LAYER_FIELDS if field.update_mode is UpdateMode.CONFIGURATION)
_FAILED = "PublishFailed"
_FULL = "It has {number} versions, the most that the platform keeps; --keep makes room for another."


def plan_layer(spec: LayerSpec, bundle: Bundle | None, resource: Resource | None, policy: Policy) -> Change | Refusal:
    """The change that makes the newest version as the file says, or why policy forbids it.

    A version cannot be changed, so that every difference makes another one. Without a bundle the content is unchanged.
    """
    settings = _settings(spec.settings)
    if resource is None:
        content = () if bundle is None else (FieldChange(CODE_PATH, None, _content(bundle)),)
        return _published(spec, Action.CREATE, reasons.NEW, (*additions(_FIELDS, settings), *content), None)
    refused = refusal(resource, desired=spec.owner, policy=policy)
    if refused is not None:
        return refused
    observed = _settings(resource.settings)
    differing = (*differences(_FIELDS, settings, observed), *_content_difference(bundle, resource))
    reason = reasons.differing(differing)
    if resource.state == _FAILED:
        reason = reasons.joined(reason, "publishing its newest version failed")
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.UNOWNED:
            reason = reasons.joined(
                "adopt: exists without an ownership tag, and gets a version with this project's", reason
            )
        case Ownership.OTHER_INSTANCE if resource.owner:
            moved = (
                f'adopt: a new version moves it from instance "{resource.owner.instance}" to "{spec.owner.instance}"'
            )
            reason = reasons.joined(moved, reason)
    if not reason:
        return Change(spec.address, Action.NO_OP, reasons.SAME, settings=settings, owner=spec.owner)
    # What is not written is not managed: the next version says of it what this one does.
    return _published(replace(spec, settings={**observed, **settings}), Action.UPDATE, reason, differing, resource)


def plan_old_versions(
    change: Change, observed: Observed, functions: Sequence[Change], keep: int | None, *, reach: Reach
) -> PlanFragment:
    """The deletion of versions beyond the newest `keep`: never the newest of all, nor one that is still used.

    `change` is the layer's own; `functions` are the changes of all functions of the project. Versions that another
    instance published stay.
    """
    resource = observed.resources.get(change.address)
    if keep is None or resource is None:
        return PlanFragment()
    mounts = _Mounts(observed, functions)
    coming = 1 if change.action is Action.UPDATE else 0
    versions = sorted(_numbers(resource.attributes.get("versions")))
    surplus = versions[: max(0, len(versions) + coming - max(1, keep))]
    deletable = _numbers(reach.within(resource)[0].attributes.get("versions"))
    old = [version for version in surplus if version in deletable and not mounts.users_after(change.address, version)]
    is_full = _count(resource) >= limit("layers.versions.max")
    edges = (
        edge
        for version in old
        for edge in _edges_of_old(change.address, version, mounts, frees=is_full and version != versions[-1])
    )
    return PlanFragment(tuple(_deletion(change, version, keep) for version in old), edges=tuple(edges))


def _edges_of_old(layer: Address, version: int, mounts: _Mounts, *, frees: bool) -> Iterator[Edge]:
    """A full layer gets its new version after an unused old one is deleted; otherwise the new one comes first."""
    address, users = Address.of_layer(layer.name, version), mounts.users(layer, version)
    if frees and not users:
        yield Edge(layer, address, EdgeReason.CAPACITY)
        return
    yield Edge(address, layer, EdgeReason.PARENT)
    yield from (Edge(address, user, EdgeReason.IN_USE) for user in users)


def plan_layer_removal(
    resource: Resource, reason: str, observed: Observed, functions: Sequence[Change]
) -> PlanFragment:
    """The deletion of every version that the project published, after that of the functions that use one.

    A version that another function of the project goes on using stays, and so do versions that others published.
    """
    mounts = _Mounts(observed, functions)
    layer, name = resource.address, resource.address.name
    versions = sorted(_numbers(resource.attributes.get("versions")))
    kept = {version: users for version in versions if (users := mounts.users_after(layer, version))}
    notes = [
        (Address.of_layer(name, version), f"is used by {reasons.listed([str(user) for user in users])}")
        for version, users in kept.items()
    ]
    others = [str(version) for version in sorted(_numbers(resource.attributes.get("others")))]
    if others:
        which = f"version {others[0]} was" if len(others) == 1 else f"versions {reasons.listed(others)} were"
        notes.append((layer, f"{which} not published by this project"))
    going = tuple(version for version in versions if version not in kept)
    if not going:
        return PlanFragment(unmanaged=tuple(notes))
    edges = (Edge(layer, user, EdgeReason.IN_USE) for version in going for user in mounts.users(layer, version))
    fields = (FieldChange("versions", going, None),)
    change = Change(layer, Action.DELETE, reason, fields, owner=resource.owner)
    return PlanFragment((change,), unmanaged=tuple(notes), edges=tuple(edges))


class _Mounts:
    """Which function uses which version of a layer, as it was seen and as it will be."""

    def __init__(self, observed: Observed, functions: Iterable[Change]) -> None:
        seen = {**observed.resources, **{each.address: each for each in observed.unlisted}}
        self._before = {
            address: _mounted(found.settings, ()) for address, found in seen.items() if address.kind is FUNCTION
        }
        self._after = dict(self._before)
        for change in functions:
            gone = change.action is Action.DELETE
            before = self._before.get(change.address, ())
            self._after[change.address] = () if gone else _mounted(change.settings, before)

    def users(self, layer: Address, version: int) -> list[Address]:
        """The functions that were seen to use a version."""
        return [address for address, mounted in self._before.items() if (layer.name, version) in mounted]

    def users_after(self, layer: Address, version: int) -> list[Address]:
        """The functions that will use it."""
        return [address for address, mounted in self._after.items() if (layer.name, version) in mounted]


def _published(
    spec: LayerSpec, action: Action, reason: str, fields: tuple[FieldChange, ...], resource: Resource | None
) -> Change:
    number = _count(resource) if resource else 0
    version = FieldChange(VERSION, resource.attributes.get(VERSION) if resource else None, Ref(spec.address, VERSION))
    full = (_FULL.format(number=number),) if number >= limit("layers.versions.max") else ()
    return Change(spec.address, action, reason, (*fields, version), _settings(spec.settings), spec.owner, warnings=full)


def _count(resource: Resource) -> int:
    """How many versions a layer has, whoever published them."""
    return len(_numbers(resource.attributes.get("versions"))) + len(_numbers(resource.attributes.get("others")))


def _content_difference(bundle: Bundle | None, resource: Resource) -> tuple[FieldChange, ...]:
    """What the mark of the newest version says of its content decides; a version without one counts as different."""
    shown = resource.attributes.get("content")
    if bundle is None or (isinstance(shown, str) and shown and bundle.content_sha256.startswith(shown)):
        return ()
    return (FieldChange(CODE_PATH, {"sha256": shown} if shown else None, _content(bundle)),)


def _content(bundle: Bundle) -> dict[str, Value]:
    if bundle.path is None and bundle.bucket:
        return {"bucket": bundle.bucket, "object": bundle.object}
    return {"sha256": bundle.content_sha256, "size": bundle.size}


def _deletion(layer: Change, version: int, keep: int) -> Change:
    reason = f"is beyond the newest {keep} that --keep leaves, and no function of the project uses it"
    address = Address.of_layer(layer.address.name, version)
    fields = (FieldChange("versions", (version,), None),)
    return Change(address, Action.DELETE, reason, fields, owner=layer.owner)


def _settings(settings: Mapping[str, Value]) -> dict[str, Value]:
    """In normal form; the order of runtimes says nothing, nor do blanks at the ends of the description."""
    found = normal_settings(_FIELDS, settings)
    runtimes, description = found.get("runtimes"), found.get("description")
    if isinstance(runtimes, tuple):
        found["runtimes"] = tuple(sorted(dict.fromkeys(runtimes), key=str))
    if isinstance(description, str):
        found["description"] = description.strip()
    return found


def _mounted(settings: Mapping[str, Value], otherwise: Sequence[tuple[str, Value]]) -> Sequence[tuple[str, Value]]:
    """Name and version of each layer that settings say; `otherwise` where they say nothing of layers."""
    layers = settings.get("layers")
    if not isinstance(layers, list | tuple):
        return otherwise
    return [(str(layer.get("name")), layer.get("version")) for layer in layers if isinstance(layer, Mapping)]


def _numbers(value: Value) -> tuple[int, ...]:
    return tuple(one for one in value if isinstance(one, int)) if isinstance(value, list | tuple) else ()
