"""Values in .env files: read back as they were, or refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.scaffold.dotenv_text import read_values, with_values

NAMES = st.text("ABCXYZ_", min_size=1, max_size=6).map(lambda name: f"K{name}")


@given(st.dictionaries(NAMES, st.text(max_size=20), max_size=4))
def test_written_values_round_trip(values: dict[str, str]) -> None:
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
def test_common_values_can_be_represented(value: str) -> None:
    assert read_values(with_values("", {"KEY": value})) == {"KEY": value}


def test_unrepresentable_value_is_reported_by_name_only() -> None:
    with pytest.raises(ScfDeployError, match="the value of NO KEY") as raised:
        with_values("", {"NO KEY": "hidden"})
    assert "hidden" not in raised.value.message
