"""One form for what is written and what the cloud shows."""

import pytest

from scfdeploy.model import Field, Kind, Secret, UpdateMode, Value
from scfdeploy.plan.diff.normalise import concurrency_fields, is_blank, normal

INNER = (Field("name", Kind.STRING, ""), Field("size", Kind.INTEGER, ""), Field("variables", Kind.STRING_MAP, ""))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.INTEGER, "12", 12),
        (Kind.INTEGER, 12.0, 12),
        (Kind.INTEGER, "soon", "soon"),
        (Kind.NUMBER, "0.5", 0.5),
        (Kind.NUMBER, "5", 5),
        (Kind.BOOLEAN, "TRUE", True),
        (Kind.BOOLEAN, "maybe", "maybe"),
        (Kind.STRING, 12, "12"),
        (Kind.STRING, True, "true"),
        (Kind.STRING, False, "false"),
        (Kind.STRING, Secret("x"), Secret("x")),
        (Kind.STRING_LIST, ["a", 1, None], ("a", "1", "")),
        (Kind.STRING_LIST, "a", ()),
        (Kind.STRING_MAP, {"A": 1, "API_KEY": "x", "B": None}, {"A": "1", "API_KEY": Secret("x"), "B": ""}),
        (Kind.STRING_MAP, None, {}),
        (Kind.BLOCK, {"name": "", "size": "3", "other": 1}, {"size": 3}),
        (Kind.BLOCK, {"variables": None}, {"variables": {}}),
        (Kind.BLOCK, None, {}),
        (Kind.BLOCK_LIST, [{"name": "a", "size": 1}], ({"name": "a", "size": 1},)),
    ],
)
def test_values_are_normalised_by_kind(kind: Kind, value: Value, expected: Value) -> None:
    found = normal(Field("f", kind, "", fields=INNER), value)
    assert (found, type(found)) == (expected, type(expected))


def test_tags_are_not_secrets_and_exclude_ownership() -> None:
    tags = Field("tags", Kind.STRING_MAP, "", UpdateMode.TAGS)
    assert normal(tags, {"API_KEY": "x", "scfdeploy:stage": "dev"}) == {"API_KEY": "x"}


@pytest.mark.parametrize("value", [None, "", (), {}, {"variables": {}}, {"a": "", "b": None}])
def test_empty_values_are_blank(value: Value) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [False, 0, "x", ("",), {"a": False}])
def test_set_values_are_not_blank(value: Value) -> None:
    assert not is_blank(value)


def test_concurrency_fields_are_only_those_named() -> None:
    assert [field.name for field in concurrency_fields("provisionedNum", "timeout")] == ["provisionedNum"]
