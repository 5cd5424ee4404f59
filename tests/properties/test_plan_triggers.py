"""What goes out to the cloud comes back as it was written."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.model import Carry, Field, Kind, Value
from scfdeploy.triggers import TRIGGER_TYPES, TriggerType

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
_CRON = st.lists(st.sampled_from(["*", "0", "*/5", "1-3", "L", "MON"]), min_size=7, max_size=7).map(" ".join)


_BY_KIND: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.BOOLEAN: st.booleans(),
    Kind.INTEGER: st.integers(0, 10_000),
    Kind.TEXTS: st.lists(_TEXT, max_size=3).map(tuple),
    Kind.TEXT: _TEXT,
}


def _value(field: Field) -> st.SearchStrategy[Value]:
    if field.name == "cronExpression":
        return _CRON
    if field.choices:
        return st.sampled_from(field.choices)
    if field.kind is Kind.BLOCK:
        return st.fixed_dictionaries({}, optional={inner.name: _value(inner) for inner in field.fields}).filter(len)
    return _BY_KIND[field.kind]


def _settings(kind: TriggerType) -> st.SearchStrategy[Mapping[str, Value]]:
    fields = [field for field in kind.fields if field.carry is not Carry.IDENTITY]
    return st.fixed_dictionaries(
        {field.name: _value(field) for field in fields if field.required},
        optional={field.name: _value(field) for field in fields if not field.required},
    )


def _contains(read: Value, written: Value) -> bool:
    if isinstance(written, Mapping):
        return isinstance(read, Mapping) and all(_contains(read.get(key), part) for key, part in written.items())
    return read == written


@pytest.mark.parametrize("kind", TRIGGER_TYPES, ids=lambda kind: kind.type)
@settings(deadline=None)
@given(data=st.data())
def test_every_written_value_is_read_back(kind: TriggerType, data: st.DataObject) -> None:
    written = data.draw(_settings(kind))
    assert _contains(kind.from_cloud(kind.to_cloud("a-trigger", written)), written)


@pytest.mark.parametrize("kind", TRIGGER_TYPES, ids=lambda kind: kind.type)
@settings(deadline=None)
@given(data=st.data())
def test_what_was_read_goes_out_unchanged(kind: TriggerType, data: st.DataObject) -> None:
    sent = kind.to_cloud("a-trigger", data.draw(_settings(kind)))
    read = kind.from_cloud(sent)
    assert kind.from_cloud(kind.to_cloud("a-trigger", read)) == read
