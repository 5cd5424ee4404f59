"""What goes out to the cloud comes back as it was written."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers import TRIGGER_TYPES, TriggerType
from scfdeploy.triggers.cos import EVENTS, rule_of

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
_CRON = st.lists(st.sampled_from(["*", "0", "*/5", "1-3", "L", "MON"]), min_size=7, max_size=7).map(" ".join)


_BY_KIND: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.BOOLEAN: st.booleans(),
    Kind.INTEGER: st.integers(0, 10_000),
    Kind.STRING_LIST: st.lists(_TEXT, max_size=3).map(tuple),
    Kind.STRING: _TEXT,
}


def _value(field: Field) -> st.SearchStrategy[Value]:
    if field.name == "cronExpression":
        return _CRON
    if field.choices:
        return st.sampled_from(field.choices)
    if field.kind is Kind.BLOCK:
        return st.fixed_dictionaries({}, optional={inner.name: _value(inner) for inner in field.fields}).filter(len)
    if field.kind is Kind.INTEGER and field.maximum is not None:
        return st.integers(field.minimum, field.maximum)
    return _BY_KIND[field.kind]


def _settings(kind: TriggerType) -> st.SearchStrategy[Mapping[str, Value]]:
    """Settings that the API keeps; what only names the trigger comes with `_names`."""
    aside = (UpdateMode.IDENTITY, UpdateMode.TOOL)
    fields = [field for field in kind.fields if field.update_mode not in aside and field.supported]
    return st.fixed_dictionaries(
        {field.name: _value(field) for field in fields if field.required},
        optional={field.name: _value(field) for field in fields if not field.required},
    )


_WORD = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
_OBJECT = st.text(st.sampled_from("ab/:%.-_"), max_size=8)
_IDENTITIES: dict[str, dict[str, st.SearchStrategy[Value]]] = {
    "timer": {"name": _WORD},
    "http": {"name": _WORD},
    "cos": {
        "bucket": _WORD.map("{}-1300000001.cos.ap-guangzhou.myqcloud.com".format),
        "events": st.sampled_from(EVENTS),
        "filter": st.fixed_dictionaries({}, optional={"prefix": _OBJECT, "suffix": _OBJECT.map(".{}".format)}),
    },
    "cmq": {"name": _TEXT},
    "ckafka": {"instanceId": _WORD.map("ckafka-{}".format), "topic": _WORD},
    "cls": {"topicId": _WORD},
    "mps": {"type": st.sampled_from(["WorkflowTask", "EditMediaTask"])},
    "clb": {
        "loadBalanceId": _WORD.map("lb-{}".format),
        "protocol": st.sampled_from(["HTTP", "HTTPS"]),
        "port": st.integers(1, 65535),
        "domain": _WORD,
        "url": st.text(st.sampled_from("ab/:%.-_*"), max_size=8).map("/{}".format),
    },
}


def _identity(kind: TriggerType) -> st.SearchStrategy[Mapping[str, Value]]:
    return st.fixed_dictionaries(_IDENTITIES[kind.type])


def _name(kind: TriggerType, data: st.DataObject) -> str:
    return kind.name(data.draw(_identity(kind)), "nothing-written")


def _contains(read: Value, written: Value) -> bool:
    if isinstance(written, Mapping):
        return isinstance(read, Mapping) and all(_contains(read.get(key), part) for key, part in written.items())
    return read == written


@pytest.mark.parametrize("kind", TRIGGER_TYPES, ids=lambda kind: kind.type)
@settings(deadline=None)
@given(data=st.data())
def test_every_written_value_is_read_back(kind: TriggerType, data: st.DataObject) -> None:
    name = _name(kind, data)
    written = data.draw(_settings(kind))
    assert _contains(kind.from_cloud(kind.to_cloud(name, written)), written)


@pytest.mark.parametrize("kind", TRIGGER_TYPES, ids=lambda kind: kind.type)
@settings(deadline=None)
@given(data=st.data())
def test_trigger_settings_round_trip(kind: TriggerType, data: st.DataObject) -> None:
    name = _name(kind, data)
    sent = kind.to_cloud(name, data.draw(_settings(kind)))
    read = kind.from_cloud(sent)
    assert kind.from_cloud(kind.to_cloud(name, read)) == read


@pytest.mark.parametrize("kind", TRIGGER_TYPES, ids=lambda kind: kind.type)
@settings(deadline=None)
@given(data=st.data())
def test_a_trigger_is_found_again_by_its_name(kind: TriggerType, data: st.DataObject) -> None:
    name = _name(kind, data)
    sent = kind.to_cloud(name, data.draw(_settings(kind)))
    assert name != "nothing-written"
    assert kind.name_of(sent) == name
    if not kind.making.named:
        assert kind.name(kind.from_cloud(sent), "nothing-written") == name


@settings(deadline=None)
@given(data=st.data())
def test_different_rules_of_a_bucket_have_different_names(data: st.DataObject) -> None:
    kind = next(found for found in TRIGGER_TYPES if found.type == "cos")
    one, other = rule_of(data.draw(_identity(kind))), rule_of(data.draw(_identity(kind)))
    assert one is not None
    assert other is not None
    names = [
        kind.name({"bucket": r.bucket, "events": r.event, "filter": {"prefix": r.prefix, "suffix": r.suffix}}, "")
        for r in (one, other)
    ]
    assert (names[0] == names[1]) == (one == other)
