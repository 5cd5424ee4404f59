"""Compare the desired settings and code of a resource with the observed ones.

Settings of both sides are in normal form. Only settings that are written are compared; a string map (`variables`,
`tags`) is the whole set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scfdeploy.model import FUNCTION_FIELDS, Bundle, Field, Kind, Resource, Secret, UpdateMode, Value
from scfdeploy.model.fields import by_name
from scfdeploy.plan.change import FieldChange
from scfdeploy.plan.diff.normalise import as_mapping, is_blank, normal
from scfdeploy.records import dataclass

CODE_PATH = "src"
_WITH_DEFAULTS = (Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN)
_IMAGE, _CONCURRENCY = "image", "instanceConcurrencyConfig"
_ATOMIC_BLOCKS = (_IMAGE, _CONCURRENCY)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A desired and an observed value at one path."""

    field: Field
    path: str
    after: Value
    before: Value
    forces_replace: bool

    def change(self) -> FieldChange:
        """The leaf as a change, in which a blank value is None."""
        sensitive = isinstance(self.before, Secret) or isinstance(self.after, Secret)
        before = None if self.is_absent(self.before) else self.before
        after = None if self.is_absent(self.after) else self.after
        return FieldChange(self.path, before, after, sensitive, self.forces_replace)

    def is_absent(self, value: Value) -> bool:
        """Whether the value is not set. In a string map the key counts: a tag can have an empty value."""
        return value is None if self.field.kind is Kind.STRING_MAP else is_blank(value)


def differences(
    fields: Iterable[Field], desired: Mapping[str, Value], observed: Mapping[str, Value]
) -> tuple[FieldChange, ...]:
    """The changes that turn `observed` into `desired`, in the order of the field table."""
    return tuple(leaf.change() for leaf in _leaves(fields, desired, observed) if not _is_same(leaf))


def additions(fields: Iterable[Field], desired: Mapping[str, Value]) -> tuple[FieldChange, ...]:
    """The changes that create every desired value."""
    return tuple(leaf.change() for leaf in _leaves(fields, desired, {}) if not leaf.is_absent(leaf.after))


def removals(fields: Iterable[Field], observed: Mapping[str, Value]) -> tuple[FieldChange, ...]:
    """The changes that remove every observed value."""
    empty: dict[str, Value] = dict.fromkeys(observed)
    return tuple(leaf.change() for leaf in _leaves(fields, empty, observed) if not leaf.is_absent(leaf.before))


def unmanaged_names(
    fields: Iterable[Field], desired: Mapping[str, Value], observed: Mapping[str, Value]
) -> tuple[str, ...]:
    """The fields that are not written, and whose observed value is not the platform's default."""
    return tuple(
        field.name for field in fields if field.name not in desired and not _is_default(field, observed.get(field.name))
    )


def code_addition(bundle: Bundle | None) -> tuple[FieldChange, ...]:
    """The code of a new function."""
    return () if bundle is None else (FieldChange(CODE_PATH, None, _desired_code(bundle)),)


def code_difference(bundle: Bundle | None, resource: Resource) -> tuple[FieldChange, ...]:
    """The change of code, unless the deployed code is known to be the same.

    An unknown hash of the deployed code counts as different: uploading the code again is safe, only slower.
    """
    deployed = resource.attributes.get("codeSha256")
    if bundle is None or (isinstance(deployed, str) and deployed in {bundle.sha256, *bundle.known_as}):
        return ()
    return code_upload(bundle, resource)


def code_upload(bundle: Bundle | None, resource: Resource) -> tuple[FieldChange, ...]:
    """An upload of the code even if it is deployed already."""
    return () if bundle is None else (FieldChange(CODE_PATH, _deployed_code(resource), _desired_code(bundle)),)


def fill_defaults(settings: Mapping[str, Value], observed: Mapping[str, Value]) -> dict[str, Value]:
    """The settings with the defaults of keys that the file omits from atomic blocks.

    The API replaces such a block, so omitted keys return to the platform's default. An image whose address matches the
    deployed image keeps the deployed address.
    """
    filled = dict(settings)
    for name in _ATOMIC_BLOCKS:
        desired, deployed = as_mapping(settings.get(name)), observed.get(name)
        is_disabled = name == _CONCURRENCY and desired.get("enable") is False
        if not desired or is_disabled or not isinstance(deployed, Mapping):
            continue
        block = {**_defaults(name, deployed), **desired}
        if name == _IMAGE and is_same_image(str(desired.get("imageUrl")), str(deployed.get("imageUrl"))):
            block["imageUrl"] = deployed["imageUrl"]
        filled[name] = block
    return filled


def is_same_image(desired: str, deployed: str) -> bool:
    """Whether the address of a deployed image, which always has tag and digest, matches the desired one.

    A tag alone matches any digest; a digest alone matches any tag.
    """
    name, tag, digest = _split_image(desired)
    deployed_name, deployed_tag, deployed_digest = _split_image(deployed)
    is_match = name == deployed_name and tag in ("", deployed_tag) and digest in ("", deployed_digest)
    return is_match and bool(tag or digest)


def _is_default(field: Field, value: Value) -> bool:
    if isinstance(value, Mapping) and field.kind is Kind.BLOCK:
        return all(_is_default(inner, value.get(inner.name)) for inner in field.fields)
    return is_blank(value) or value == normal(field, field.default)


def _leaves(fields: Iterable[Field], desired: Mapping[str, Value], observed: Mapping[str, Value]) -> Iterator[_Leaf]:
    for field in fields:
        if field.name in desired:
            forces = field.update_mode is UpdateMode.REPLACE
            yield from _leaves_of(field, field.name, desired[field.name], observed.get(field.name), forces)


def _leaves_of(field: Field, path: str, after: Value, before: Value, forces: bool) -> Iterator[_Leaf]:
    match field.kind:
        case Kind.BLOCK:
            after, before = as_mapping(after), as_mapping(before)
            for inner in field.fields:
                if not after or inner.name in after:
                    yield from _leaves_of(
                        inner, f"{path}.{inner.name}", after.get(inner.name), before.get(inner.name), forces
                    )
        case Kind.STRING_MAP:
            after, before = as_mapping(after), as_mapping(before)
            for key in sorted(after.keys() | before.keys()):
                yield _Leaf(field, f"{path}.{key}", after.get(key), before.get(key), forces)
        case _:
            yield _Leaf(field, path, after, before, forces)


def _is_same(leaf: _Leaf) -> bool:
    after, before = leaf.after, leaf.before
    if leaf.is_absent(after) and leaf.is_absent(before):
        return True
    if leaf.field.kind in _WITH_DEFAULTS and leaf.field.default:
        # A setting without a value has the default, and so has each key of a block that is cleared.
        default = normal(leaf.field, leaf.field.default)
        after, before = default if after is None else after, default if before is None else before
    if isinstance(after, Secret) is not isinstance(before, Secret):
        after, before = _as_secret(after), _as_secret(before)
    return after == before


def _as_secret(value: Value) -> Value:
    return Secret(value) if isinstance(value, str) else value


def _desired_code(bundle: Bundle) -> dict[str, Value]:
    if bundle.path is None and bundle.bucket:
        return {"bucket": bundle.bucket, "object": bundle.object}
    return {"sha256": bundle.sha256, "size": bundle.size}


def _deployed_code(resource: Resource) -> dict[str, Value] | None:
    digest = resource.attributes.get("codeSha256")
    if not digest:
        return None
    size = resource.attributes.get("codeSize")
    return {"sha256": digest} if size is None else {"sha256": digest, "size": size}


def _defaults(name: str, deployed: Mapping[str, Value]) -> dict[str, Value]:
    fields = by_name(by_name(FUNCTION_FIELDS)[name].fields)
    return {key: normal(fields[key], fields[key].default) for key in deployed if key in fields}


def _split_image(address: str) -> tuple[str, str, str]:
    """The name, the tag and the digest of an image address."""
    rest, _, digest = address.partition("@")
    head, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{head}{slash}{name}", tag, digest
