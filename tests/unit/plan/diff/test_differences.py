"""What counts as a difference, field by field."""

import pytest

from scfdeploy.model import Field, Kind, Secret, UpdateMode, Value
from scfdeploy.plan import FieldChange
from scfdeploy.plan.diff.differences import additions, differences, removals, unmanaged_names

NUMBER = Field("number", Kind.INTEGER, "", default="3")
SWITCH = Field("switch", Kind.BOOLEAN, "", default="false")
WORD = Field("word", Kind.STRING, "", default="event")
TAGS = Field("tags", Kind.STRING_MAP, "", UpdateMode.TAGS)
BLOCK = Field("block", Kind.BLOCK, "", UpdateMode.REPLACE, fields=(NUMBER, WORD, SWITCH))
FIELDS = (NUMBER, SWITCH, WORD, TAGS, BLOCK)


def paths(changes: tuple[FieldChange, ...]) -> list[tuple[str, Value, Value]]:
    return [(change.path, change.before, change.after) for change in changes]


@pytest.mark.parametrize(
    ("wanted", "exists"),
    [
        ({"number": 3}, {}),
        ({"switch": False}, {}),
        ({"block": {"number": 3}}, {"block": {}}),
        ({"block": {}}, {"block": {"number": 3, "switch": False}}),
        ({"block": {}}, {}),
        ({"word": ""}, {}),
        ({"number": None}, {}),
        ({}, {"number": 9, "block": {"number": 9}}),
    ],
)
def test_default_value_is_no_difference(wanted: dict[str, Value], exists: dict[str, Value]) -> None:
    assert differences(FIELDS, wanted, exists) == ()


@pytest.mark.parametrize(
    ("wanted", "exists", "expected"),
    [
        ({"number": 4}, {}, [("number", None, 4)]),
        ({"number": 3}, {"number": 4}, [("number", 4, 3)]),
        ({"word": "event"}, {}, [("word", None, "event")]),
        ({"word": ""}, {"word": "event"}, [("word", "event", None)]),
        ({"block": {}}, {"block": {"number": 4, "word": "a"}}, [("block.number", 4, None), ("block.word", "a", None)]),
        ({"block": {"number": 4}}, {"block": {"word": "a"}}, [("block.number", None, 4)]),
        ({"block": {"number": 4}}, {"block": "junk"}, [("block.number", None, 4)]),
        (
            {"tags": {"b": "", "a": "1"}},
            {"tags": {"c": ""}},
            [("tags.a", None, "1"), ("tags.b", None, ""), ("tags.c", "", None)],
        ),
    ],
)
def test_differences_show_both_sides(
    wanted: dict[str, Value], exists: dict[str, Value], expected: list[tuple[str, Value, Value]]
) -> None:
    found = differences(FIELDS, wanted, exists)
    assert paths(found) == expected
    assert [change.forces_replace for change in found] == [path.startswith("block") for path, _, _ in expected]


def test_secret_is_compared_by_value() -> None:
    assert differences([WORD], {"word": Secret("a")}, {"word": "a"}) == ()
    assert differences([WORD], {"word": "a"}, {"word": Secret("a")}) == ()
    for wanted, there in ((Secret("a"), "b"), ("a", Secret("b")), (Secret("a"), Secret("b"))):
        assert differences([WORD], {"word": wanted}, {"word": there})[0].sensitive


def test_additions_include_all_set_values() -> None:
    wanted: dict[str, Value] = {"number": 3, "word": "", "tags": {"a": ""}, "block": {"number": 1, "word": ""}}
    assert paths(additions(FIELDS, wanted)) == [("number", None, 3), ("tags.a", None, ""), ("block.number", None, 1)]


def test_removals_include_all_set_values() -> None:
    exists: dict[str, Value] = {"number": 3, "word": "", "tags": {"a": ""}, "block": {"number": 1, "word": ""}}
    assert paths(removals(FIELDS, exists)) == [("number", 3, None), ("tags.a", "", None), ("block.number", 1, None)]


@pytest.mark.parametrize(
    ("exists", "names"),
    [
        ({}, ()),
        ({"number": 3, "switch": False, "word": "event", "tags": {}, "block": {"number": 3, "word": ""}}, ()),
        ({"number": 4, "switch": True, "word": "web", "tags": {"a": "b"}}, ("number", "switch", "word", "tags")),
        ({"block": {"number": 3, "switch": True}}, ("block",)),
    ],
)
def test_unwritten_fields_lists_non_default_settings(exists: dict[str, Value], names: tuple[str, ...]) -> None:
    assert unmanaged_names(FIELDS, {}, exists) == names
    assert unmanaged_names(FIELDS, exists, exists) == ()
