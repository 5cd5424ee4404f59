"""Plan the publishing of a version at the end of a function's change."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.diagnostics import message
from scfdeploy.model import FUNCTION_FIELDS, Bundle, FunctionSpec, Ref, Resource, UpdateMode
from scfdeploy.model.value import whole_number
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange
from scfdeploy.plan.diff.differences import differences, fill_defaults
from scfdeploy.plan.diff.normalise import as_mapping, function_fields, is_blank, normal_settings
from scfdeploy.records import replace

PATH = "publish"
# A version can have its own description; tags belong to the function.
_NOT_COMPARED = ("description",)

_RELEASE_MODES = (UpdateMode.PUBLISH, UpdateMode.ALIAS, UpdateMode.CONCURRENCY)
_RELEASE_FIELDS = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode in _RELEASE_MODES)


def has_release(spec: FunctionSpec) -> bool:
    """Whether the file has settings for versions, aliases or concurrency."""
    return not _RELEASE_FIELDS.isdisjoint(spec.settings)


def wants_versions(spec: FunctionSpec) -> bool:
    """Whether deployed code must be published: for `publish`, or for provisioned instances of the newest version."""
    return spec.settings.get("publish") is True or provisions_published(spec)


def provisions_published(spec: FunctionSpec) -> bool:
    """Whether the version that is published gets provisioned instances."""
    return bool(spec.settings.get("provisionedNum")) and is_blank(spec.settings.get("qualifier"))


def with_version(change: Change, spec: FunctionSpec, bundle: Bundle | None, resource: Resource | None) -> Change:
    """The change of a function, with a version published at its end if needed.

    That is when the change touches more than tags, or when the newest version differs from the function, because an
    earlier run ended before publishing it.
    """
    if not wants_versions(spec):
        return change
    is_created = change.action in (Action.CREATE, Action.REPLACE)
    before = newest(None if is_created else resource)
    if is_created or any(not field.path.startswith("tags.") for field in change.fields):
        reason = message("a version is published")
    elif before is None:
        reason = message("no version is published yet")
    elif not _is_published(change, spec, bundle, resource):
        reason = message("version {version} differs from the function", version=before)
    else:
        return change
    description = spec.settings.get("publishDescription")
    return replace(
        change,
        action=Action.UPDATE if change.action is Action.NO_OP else change.action,
        reason=reasons.joined("" if change.action is Action.NO_OP else change.reason, reason),
        fields=(*change.fields, FieldChange(PATH, before, version_of(spec))),
        settings={**change.settings, PATH: True, **({"publishDescription": description} if description else {})},
    )


def version_of(spec: FunctionSpec) -> Ref:
    """The version that the function's change publishes."""
    return Ref(spec.address, "version")


def publishes(change: Change) -> bool:
    """Whether a change publishes a version."""
    return any(field.path == PATH for field in change.fields)


def newest(resource: Resource | None) -> str | None:
    """The published version with the highest number."""
    versions = resource.attributes.get("versions") if resource else None
    versions = versions if isinstance(versions, list | tuple) else ()
    numbers = [number for version in versions if (number := whole_number(str(version))) is not None]
    return str(max(numbers)) if numbers else None


def latest_is_newest(resource: Resource) -> bool:
    """Whether the deployed code and settings equal those of the newest version, as far as the API returns them."""
    published = resource.attributes.get("published")
    if not isinstance(published, Mapping):
        return False
    current, newest_version = (
        {name: value for name, value in settings.items() if name not in (*_NOT_COMPARED, "tags")}
        for settings in (resource.settings, as_mapping(published.get("settings")))
    )
    return current == newest_version and resource.attributes.get("codeSha256", "") == published.get("codeSha256", "")


def _is_published(change: Change, spec: FunctionSpec, bundle: Bundle | None, resource: Resource | None) -> bool:
    """Whether the newest version has the written settings and the deployed code."""
    published = resource.attributes.get("published") if resource else None
    if resource is None or not isinstance(published, Mapping):
        return False
    fields = [
        field
        for field in function_fields(spec)
        if field.update_mode is not UpdateMode.TAGS and field.name not in _NOT_COMPARED
    ]
    settings = normal_settings(fields, as_mapping(published.get("settings")))
    if differences(fields, fill_defaults(change.settings, settings), settings):
        return False
    digest = published.get("codeSha256")
    known = {resource.attributes.get("codeSha256"), *((bundle.sha256, *bundle.known_as) if bundle else ())}
    return not digest or digest in known
