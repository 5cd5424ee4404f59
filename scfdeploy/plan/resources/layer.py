"""Plan layers: a new version when content or settings differ, and the deletion of old versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
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
from scfdeploy.records import replace

VERSION = "version"
_FIELDS = tuple(field for field in LAYER_FIELDS if field.update_mode is UpdateMode.CONFIGURATION)
_FAILED = "PublishFailed"


def plan_layer(spec: LayerSpec, bundle: Bundle | None, resource: Resource | None, policy: Policy) -> Change | Refusal:
    """The change after which the newest version matches the file, or why policy forbids it.

    A version cannot be changed, so each difference needs a new one. Without a bundle the content is unchanged.
    """
    settings = _settings(spec.settings)
    if resource is None:
        content = () if bundle is None else (FieldChange(CODE_PATH, None, _content(bundle)),)
        return _published(spec, Action.CREATE, reasons.new(), (*additions(_FIELDS, settings), *content), None)
    refused = refusal(resource, desired=spec.owner, policy=policy)
    if refused is not None:
        return refused
    observed = _settings(resource.settings)
    differing = (*differences(_FIELDS, settings, observed), *_content_difference(bundle, resource))
    reason = reasons.differing(differing)
    if resource.state == _FAILED:
        reason = reasons.joined(reason, message("publishing its newest version failed"))
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.UNOWNED:
            adopt = message("adopt: exists without an ownership tag, and gets a version with that of this project")
            reason = reasons.joined(adopt, reason)
        case Ownership.OTHER_INSTANCE if resource.owner:
            adopt = message(
                'adopt: a new version moves it from instance "{before}" to "{now}"',
                before=resource.owner.instance,
                now=spec.owner.instance,
            )
            reason = reasons.joined(adopt, reason)
    if not reason:
        return Change(spec.address, Action.NO_OP, reasons.same(), settings=settings, owner=spec.owner)
    # Settings that are not written are not managed: the new version gets those of the last one.
    return _published(replace(spec, settings={**observed, **settings}), Action.UPDATE, reason, differing, resource)


def plan_old_versions(
    change: Change, observed: Observed, functions: Sequence[Change], keep: int | None, *, reach: Reach
) -> PlanFragment:
    """The deletion of versions other than the newest `keep`, except the very newest and those still in use.

    `change` is the change of the layer, `functions` are those of all functions of the project. Versions that another
    instance published are not deleted.
    """
    resource = observed.resources.get(change.address)
    if keep is None or resource is None:
        return PlanFragment()
    mounts = _Mounts(observed, functions)
    added = 1 if change.action is Action.UPDATE else 0
    versions = sorted(_numbers(resource.attributes.get("versions")))
    surplus = versions[: max(0, len(versions) + added - max(1, keep))]
    deletable = _numbers(reach.within(resource)[0].attributes.get("versions"))
    old = [version for version in surplus if version in deletable and not mounts.users_after(change.address, version)]
    is_full = _count(resource) >= limit("layers.versions.max")
    edges = (
        edge
        for version in old
        for edge in _deletion_edges(change.address, version, mounts, frees=is_full and version != versions[-1])
    )
    return PlanFragment(tuple(_deletion(change, version, keep) for version in old), edges=tuple(edges))


def _deletion_edges(layer: Address, version: int, mounts: _Mounts, *, frees: bool) -> Iterator[Edge]:
    """A full layer gets its new version after the deletion of an unused one; otherwise the new version comes first."""
    address, users = Address.of_layer(layer.name, version), mounts.users(layer, version)
    if frees and not users:
        yield Edge(layer, address, EdgeReason.CAPACITY)
        return
    yield Edge(address, layer, EdgeReason.PARENT)
    yield from (Edge(address, user, EdgeReason.IN_USE) for user in users)


def plan_layer_removal(
    resource: Resource, reason: str, observed: Observed, functions: Sequence[Change]
) -> PlanFragment:
    """The deletion of every version that the project published, after that of the functions that use them.

    Versions that another function of the project uses afterwards, or that others published, are not deleted.
    """
    mounts = _Mounts(observed, functions)
    layer, name = resource.address, resource.address.name
    versions = sorted(_numbers(resource.attributes.get("versions")))
    in_use = {version: users for version in versions if (users := mounts.users_after(layer, version))}
    notes = [
        (Address.of_layer(name, version), message("is used by {users}", users=reasons.listed([*map(str, users)])))
        for version, users in in_use.items()
    ]
    others = [str(version) for version in sorted(_numbers(resource.attributes.get("others")))]
    if others:
        note = (
            message("version {version} was not published by this project", version=others[0])
            if len(others) == 1
            else message("versions {versions} were not published by this project", versions=reasons.listed(others))
        )
        notes.append((layer, note))
    deleted = tuple(version for version in versions if version not in in_use)
    if not deleted:
        return PlanFragment(unmanaged=tuple(notes))
    edges = (Edge(layer, user, EdgeReason.IN_USE) for version in deleted for user in mounts.users(layer, version))
    fields = (FieldChange("versions", deleted, None),)
    change = Change(layer, Action.DELETE, reason, fields, owner=resource.owner)
    return PlanFragment((change,), unmanaged=tuple(notes), edges=tuple(edges))


class _Mounts:
    """The layer versions that functions use, before and after the plan."""

    def __init__(self, observed: Observed, functions: Iterable[Change]) -> None:
        resources = (*observed.resources.values(), *observed.unlisted)
        self._before = {
            resource.address: _mounted(resource.settings, ())
            for resource in resources
            if resource.address.kind is FUNCTION
        }
        self._after = dict(self._before)
        for change in functions:
            before = self._before.get(change.address, ())
            is_deleted = change.action is Action.DELETE
            self._after[change.address] = () if is_deleted else _mounted(change.settings, before)

    def users(self, layer: Address, version: int) -> list[Address]:
        """The functions that use a version now."""
        return [address for address, mounted in self._before.items() if (layer.name, version) in mounted]

    def users_after(self, layer: Address, version: int) -> list[Address]:
        """The functions that use it after the plan."""
        return [address for address, mounted in self._after.items() if (layer.name, version) in mounted]


def _published(
    spec: LayerSpec, action: Action, reason: str, fields: tuple[FieldChange, ...], resource: Resource | None
) -> Change:
    number = _count(resource) if resource else 0
    version = FieldChange(VERSION, resource.attributes.get(VERSION) if resource else None, Ref(spec.address, VERSION))
    warnings: tuple[str, ...] = ()
    if number >= limit("layers.versions.max"):
        warnings = (
            message(
                "It has {number} versions, the most that the platform keeps; --keep deletes old ones.", number=number
            ),
        )
    settings = _settings(spec.settings)
    return Change(spec.address, action, reason, (*fields, version), settings, spec.owner, warnings=warnings)


def _count(resource: Resource) -> int:
    """The number of versions that a layer has, including those that others published."""
    return len(_numbers(resource.attributes.get("versions"))) + len(_numbers(resource.attributes.get("others")))


def _content_difference(bundle: Bundle | None, resource: Resource) -> tuple[FieldChange, ...]:
    """The change of content; a version whose description has no content digest counts as different."""
    digest = resource.attributes.get("content")
    if bundle is None or (isinstance(digest, str) and digest and bundle.content_sha256.startswith(digest)):
        return ()
    return (FieldChange(CODE_PATH, {"sha256": digest} if digest else None, _content(bundle)),)


def _content(bundle: Bundle) -> dict[str, Value]:
    if bundle.path is None and bundle.bucket:
        return {"bucket": bundle.bucket, "object": bundle.object}
    return {"sha256": bundle.content_sha256, "size": bundle.size}


def _deletion(layer: Change, version: int, keep: int) -> Change:
    reason = message(
        "is beyond the newest {count} that --keep leaves, and no function of the project uses it",
        count=keep,
    )
    address = Address.of_layer(layer.address.name, version)
    fields = (FieldChange("versions", (version,), None),)
    return Change(address, Action.DELETE, reason, fields, owner=layer.owner)


def _settings(settings: Mapping[str, Value]) -> dict[str, Value]:
    """In normal form; the order of runtimes and spaces around the description have no meaning."""
    found = normal_settings(_FIELDS, settings)
    runtimes, description = found.get("runtimes"), found.get("description")
    if isinstance(runtimes, tuple):
        found["runtimes"] = tuple(sorted(dict.fromkeys(runtimes), key=str))
    if isinstance(description, str):
        found["description"] = description.strip()
    return found


def _mounted(settings: Mapping[str, Value], otherwise: Sequence[tuple[str, Value]]) -> Sequence[tuple[str, Value]]:
    """The name and version of each layer in the settings, or `otherwise` if they have no layers."""
    layers = settings.get("layers")
    if not isinstance(layers, list | tuple):
        return otherwise
    return [(str(layer.get("name")), layer.get("version")) for layer in layers if isinstance(layer, Mapping)]


def _numbers(value: Value) -> tuple[int, ...]:
    return tuple(number for number in value if isinstance(number, int)) if isinstance(value, list | tuple) else ()
