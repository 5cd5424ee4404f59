"""What differs between settings that are wanted and settings that exist, field by field.

Both sides are in normal form. Only what is wanted is compared; a map of texts (`variables`, `tags`) is the whole set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scfdeploy.model import Field, Kind, Secret, UpdateMode, Value
from scfdeploy.plan.change import FieldChange
from scfdeploy.plan.diff.normalise import is_blank, normal

_WITH_DEFAULTS = (Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One comparable value: where it is, what it is wanted to be, what it is."""

    field: Field
    path: str
    after: Value
    before: Value
    forces_replace: bool

    def change(self) -> FieldChange:
        """The leaf as a change; what is blank is shown as not there."""
        sensitive = isinstance(self.before, Secret) or isinstance(self.after, Secret)
        before = None if self.is_absent(self.before) else self.before
        after = None if self.is_absent(self.after) else self.after
        return FieldChange(self.path, before, after, sensitive, self.forces_replace)

    def is_absent(self, value: Value) -> bool:
        """Whether the value is none. In a map of texts the key counts: a tag may have an empty value."""
        return value is None if self.field.kind is Kind.STRING_MAP else is_blank(value)


def differences(
    fields: Iterable[Field], wanted: Mapping[str, Value], exists: Mapping[str, Value]
) -> tuple[FieldChange, ...]:
    """The changes that turn `exists` into `wanted`, in the order of the table of fields."""
    return tuple(leaf.change() for leaf in _leaves(fields, wanted, exists) if not _same(leaf))


def additions(fields: Iterable[Field], wanted: Mapping[str, Value]) -> tuple[FieldChange, ...]:
    """Every wanted value as a change from nothing."""
    return tuple(leaf.change() for leaf in _leaves(fields, wanted, {}) if not leaf.is_absent(leaf.after))


def removals(fields: Iterable[Field], exists: Mapping[str, Value]) -> tuple[FieldChange, ...]:
    """Every existing value as a change to nothing."""
    empty: dict[str, Value] = dict.fromkeys(exists)
    return tuple(leaf.change() for leaf in _leaves(fields, empty, exists) if not leaf.is_absent(leaf.before))


def unwritten(fields: Iterable[Field], wanted: Mapping[str, Value], exists: Mapping[str, Value]) -> tuple[str, ...]:
    """Names of fields that are set in the cloud, to something else than the platform's default, and not wanted."""
    return tuple(
        field.name for field in fields if field.name not in wanted and not _is_default(field, exists.get(field.name))
    )


def _is_default(field: Field, value: Value) -> bool:
    """Whether a value is what the platform does by itself."""
    if isinstance(value, Mapping) and field.kind is Kind.BLOCK:
        return all(_is_default(inner, value.get(inner.name)) for inner in field.fields)
    return is_blank(value) or value == normal(field, field.default)


def _leaves(fields: Iterable[Field], wanted: Mapping[str, Value], exists: Mapping[str, Value]) -> Iterator[_Leaf]:
    for field in fields:
        if field.name in wanted:
            forces = field.update_mode is UpdateMode.REPLACE
            yield from _inside(field, field.name, wanted[field.name], exists.get(field.name), forces)


def _inside(field: Field, path: str, after: Value, before: Value, forces: bool) -> Iterator[_Leaf]:
    match field.kind:
        case Kind.BLOCK:
            after, before = _mapping(after), _mapping(before)
            for inner in field.fields:
                if not after or inner.name in after:
                    yield from _inside(
                        inner, f"{path}.{inner.name}", after.get(inner.name), before.get(inner.name), forces
                    )
        case Kind.STRING_MAP:
            after, before = _mapping(after), _mapping(before)
            for key in sorted(after.keys() | before.keys()):
                yield _Leaf(field, f"{path}.{key}", after.get(key), before.get(key), forces)
        case _:
            yield _Leaf(field, path, after, before, forces)


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _same(leaf: _Leaf) -> bool:
    after, before = leaf.after, leaf.before
    if leaf.is_absent(after) and leaf.is_absent(before):
        return True
    if leaf.field.kind in _WITH_DEFAULTS and leaf.field.default:
        # What is not set has the default, and so has a key of a block that is cleared.
        default = normal(leaf.field, leaf.field.default)
        after, before = default if after is None else after, default if before is None else before
    if isinstance(after, Secret) is not isinstance(before, Secret):
        after, before = _as_secret(after), _as_secret(before)
    return after == before


def _as_secret(value: Value) -> Value:
    return Secret(value) if isinstance(value, str) else value
