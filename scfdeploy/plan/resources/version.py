"""Whether a function's change ends with a version that is published, and which version others then mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scfdeploy.model import FUNCTION_FIELDS, Bundle, FunctionSpec, Ref, Resource, UpdateMode, Value
from scfdeploy.model.value import whole_number
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange
from scfdeploy.plan.diff.differences import differences, fill_defaults
from scfdeploy.plan.diff.normalise import function_fields, is_blank, normal_settings

PATH = "publish"
# Of a version the cloud may show its own description, and tags belong to the function.
_NOT_COMPARED = ("description",)

_RELEASE_MODES = (UpdateMode.PUBLISH, UpdateMode.ALIAS, UpdateMode.CONCURRENCY)
_RELEASE_FIELDS = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode in _RELEASE_MODES)


def has_release(spec: FunctionSpec) -> bool:
    """Whether the file has settings for versions, aliases or concurrency."""
    return not _RELEASE_FIELDS.isdisjoint(spec.settings)


def wants_versions(spec: FunctionSpec) -> bool:
    """Whether what is deployed is to be published: because the file says so, or for instances that are kept ready."""
    return spec.settings.get("publish") is True or provisions_published(spec)


def provisions_published(spec: FunctionSpec) -> bool:
    """Whether instances are to be kept ready of whatever version is published."""
    return bool(spec.settings.get("provisionedNum")) and is_blank(spec.settings.get("qualifier"))


def with_version(change: Change, spec: FunctionSpec, bundle: Bundle | None, resource: Resource | None) -> Change:
    """The change of a function, with a version published at its end where one is due.

    One is due when the change touches more than tags, and when the newest version is not what the function is: an
    earlier run may have ended before it was published.
    """
    if not wants_versions(spec):
        return change
    is_made = change.action in (Action.CREATE, Action.REPLACE)
    before = newest(None if is_made else resource)
    if is_made or _moves(change):
        why = "a version is published"
    elif before is None:
        why = "no version is published yet"
    elif not _is_published(change, spec, bundle, resource):
        why = f"version {before} is not what the function is"
    else:
        return change
    wanted = {name: spec.settings[name] for name in ("publishDescription",) if spec.settings.get(name)}
    return replace(
        change,
        action=Action.UPDATE if change.action is Action.NO_OP else change.action,
        reason=reasons.joined("" if change.action is Action.NO_OP else change.reason, why),
        fields=(*change.fields, FieldChange(PATH, before, version_of(spec))),
        settings={**change.settings, PATH: True, **wanted},
    )


def version_of(spec: FunctionSpec) -> Ref:
    """The version that the function's change publishes."""
    return Ref(spec.address, "version")


def publishes(change: Change) -> bool:
    """Whether a change ends with a version that is published."""
    return any(field.path == PATH for field in change.fields)


def newest(resource: Resource | None) -> str | None:
    """The published version with the highest number."""
    found = resource.attributes.get("versions") if resource else None
    listed = found if isinstance(found, list | tuple) else ()
    numbers = [number for one in listed if (number := whole_number(str(one))) is not None]
    return str(max(numbers)) if numbers else None


def latest_is_newest(resource: Resource) -> bool:
    """Whether what is deployed is what the newest version is, as far as the cloud shows both."""
    published = resource.attributes.get("published")
    if not isinstance(published, Mapping):
        return False
    mine, its = (
        {name: value for name, value in settings.items() if name not in (*_NOT_COMPARED, "tags")}
        for settings in (resource.settings, _mapping(published.get("settings")))
    )
    return mine == its and resource.attributes.get("codeSha256", "") == published.get("codeSha256", "")


def _moves(change: Change) -> bool:
    return any(not field.path.startswith("tags.") for field in change.fields)


def _is_published(change: Change, spec: FunctionSpec, bundle: Bundle | None, resource: Resource | None) -> bool:
    """Whether the newest version has the settings that are written, and the code that is deployed."""
    published = resource.attributes.get("published") if resource else None
    if resource is None or not isinstance(published, Mapping):
        return False
    fields = [
        field
        for field in function_fields(spec)
        if field.update_mode is not UpdateMode.TAGS and field.name not in _NOT_COMPARED
    ]
    shown = normal_settings(fields, _mapping(published.get("settings")))
    if differences(fields, fill_defaults(change.settings, shown), shown):
        return False
    digest = published.get("codeSha256")
    known = {resource.attributes.get("codeSha256"), *((bundle.sha256, *bundle.known_as) if bundle else ())}
    return not digest or digest in known


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
