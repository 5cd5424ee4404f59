"""Written YAML and .env values read back unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.scaffold.config_text import read_values, with_values, yaml_lines

TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["yes", "NO", "~", "1e3", "0x1f", "a: b", "#", "- x", "=", ""]))
SCALARS = st.one_of(TEXTS, st.integers(-(10**6), 10**6), st.booleans())
MAPPINGS = st.deferred(lambda: st.dictionaries(TEXTS, VALUES, max_size=3))
VALUES: st.SearchStrategy[Any] = st.one_of(SCALARS, MAPPINGS, st.lists(st.one_of(SCALARS, MAPPINGS), max_size=3))


@given(MAPPINGS.filter(bool))
def test_yaml_round_trips(values: dict[str, Any]) -> None:
    text = "\n".join(yaml_lines(values)) + "\n"
    assert YAML(typ="safe", pure=True).load(text) == values


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("index.main_handler", "key: index.main_handler"),
        ("./src", "key: ./src"),
        ("two words", 'key: "two words"'),
        ("on", 'key: "on"'),
        ("12", 'key: "12"'),
        ("bell\x07 \u202e", 'key: "bell\\u0007 \\u202e"'),
        ("${env:A}", 'key: "${env:A}"'),
        (True, "key: true"),
        ({}, "key: {}"),
        ((), "key: []"),
    ],
)
def test_ambiguous_strings_are_quoted(value: Any, line: str) -> None:
    assert list(yaml_lines({"key": value})) == [line]


NAMES = st.text("ABCXYZ_", min_size=1, max_size=6).map(lambda name: f"K{name}")


@given(st.dictionaries(NAMES, st.text(max_size=20), max_size=4))
def test_dotenv_round_trips(values: dict[str, str]) -> None:
    before = "# mine\nOWN='1'"
    text = with_values(before, values)
    assert read_values(text) == {"OWN": "1", **values}
    assert text.startswith(before)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "a b",
        "#",
        "it's",
        '"',
        "a\nb",
        "${HOME}",
        "a=b",
        "\\",
        "a\\nb",
        "`x`",
        "密",
        "a\r\nb",
        "\r",
        'it\'s\r"q"\\',
    ],
)
def test_common_dotenv_values_round_trip(value: str) -> None:
    assert read_values(with_values("", {"KEY": value})) == {"KEY": value}


def test_unrepresentable_dotenv_value_is_reported_by_name_only() -> None:
    with pytest.raises(ScfDeployError, match="the value of NO KEY") as raised:
        with_values("", {"NO KEY": "hidden"})
    assert "hidden" not in raised.value.message
