"""Data as YAML: whatever it is, the reader of serverless.yml reads it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scfdeploy.scaffold.yaml_text import yaml_lines

TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["yes", "NO", "~", "1e3", "0x1f", "a: b", "#", "- x", "=", ""]))
SCALARS = st.one_of(TEXTS, st.integers(-(10**6), 10**6), st.booleans())
MAPPINGS = st.deferred(lambda: st.dictionaries(TEXTS, VALUES, max_size=3))
VALUES: st.SearchStrategy[Any] = st.one_of(SCALARS, MAPPINGS, st.lists(st.one_of(SCALARS, MAPPINGS), max_size=3))


@given(MAPPINGS.filter(bool))
def test_written_values_round_trip(values: dict[str, Any]) -> None:
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
